//! What every store must do, over every backend: the other half of `src/store/contract.rs`.
//!
//! A test takes a store and asks only through the contract. A backend is a line of `conformance!` and a function
//! in `store/backends.rs`; a test is a function in its area and its name in the list below.

#[path = "support/postgres.rs"]
mod postgres;

/// The tests by area, and what only the embedded store has.
mod store {
    pub(crate) mod archive;
    pub(crate) mod backends;
    pub(crate) mod beside;
    mod brought_up;
    pub(crate) mod choice;
    pub(crate) mod clock;
    mod encrypted;
    pub(crate) mod events;
    pub(crate) mod feeds;
    pub(crate) mod given;
    pub(crate) mod gone;
    pub(crate) mod hosts;
    pub(crate) mod keeping;
    pub(crate) mod known;
    pub(crate) mod leases;
    mod lost;
    pub(crate) mod merged;
    pub(crate) mod moving;
    pub(crate) mod named;
    pub(crate) mod notes;
    pub(crate) mod outbox;
    mod postgres;
    pub(crate) mod posts;
    pub(crate) mod prune;
    pub(crate) mod recipes;
    pub(crate) mod record;
    pub(crate) mod rename;
    mod rescue;
    mod rounds;
    pub(crate) mod sources;
    mod sqlite;
    pub(crate) mod stored;
    pub(crate) mod texts;
    pub(crate) mod time;
    pub(crate) mod tokens;
    mod wire;
    pub(crate) mod workers;
}

/// One backend's run of every test.
macro_rules! suite {
    ($backend:ident: $($area:ident { $($test:ident)* })*) => {
        mod $backend {
            $(mod $area {
                $(#[tokio::test]
                async fn $test() {
                    let backend = crate::store::backends::$backend();
                    crate::store::$area::$test(&*backend.store).await;
                })*
            })*
        }
    };
}

macro_rules! conformance {
    ($($backend:ident)*) => {
        $(suite! { $backend:
            clock {
                what_was_planned_in_the_future_is_planned_anew
            }
            leases {
                a_new_source_is_due_at_once
                hosts_that_waited_longest_come_first
                every_source_of_a_host_comes_whichever_was_its_first hosts_that_want_to_be_left_alone_hide_none_behind_them
        hosts_of_all_shards_come_in_the_order_in_which_they_wait
                a_host_is_leased_by_one_worker_until_the_lease_ends
                only_a_living_lease_can_be_renewed
                a_released_host_is_due_again
                a_lost_lease_writes_nothing
                a_lease_is_given_back_with_the_last_report
                a_host_comes_again_when_its_first_source_is_due
                the_sources_of_a_host_come_by_turns
                a_blocked_host_is_left_alone
                a_blocked_host_is_left_alone_though_its_worker_died
                a_wish_to_be_left_alone_is_never_shortened
                the_gap_of_a_host_is_kept
            }
            named {
                sources_are_claimed_by_name_whether_due_or_not
                a_source_that_was_polled_is_not_handed_out_again
                sources_of_hosts_that_are_too_many_come_later
                a_leased_host_is_not_leased_by_name
                blocked_sources_are_told
                unknown_and_resting_sources_are_not_claimed_by_name
                sources_are_made_due_but_for_blocked_and_resting_ones
            }
            sources {
                an_unchanged_configuration_changes_nothing
                a_changed_recipe_voids_validators_of_its_source_alone
                a_changed_title_voids_nothing_and_raises_the_feeds
                a_poll_with_the_old_recipe_moves_no_validators
                a_moved_source_keeps_its_posts
                a_report_for_a_source_that_moved_away_is_lost
                a_removed_source_rests_and_keeps_its_posts
                a_source_that_comes_back_is_due
                a_paused_source_rests_until_resumed
                sources_come_by_id_and_removed_ones_last
                one_source_is_read_by_its_id
            }
            rename {
                a_renamed_source_keeps_all_but_its_paths
                a_renamed_source_is_the_one_that_the_configuration_names
                an_id_that_is_taken_is_refused
                the_old_id_is_free_for_another_source
            }
            prune {
                what_is_stored_of_a_removed_source_goes
                a_source_that_is_configured_is_never_pruned
                a_pruned_source_that_comes_back_is_looked_at_for_the_first_time
            }
            recipes {
                a_learnt_recipe_is_given_to_every_later_poll
                a_recipe_is_taken_back_to_the_one_before
                a_changed_configuration_voids_what_was_learnt
            }
            record {
                a_report_is_stored_whole
                validators_stay_unless_they_are_replaced
                failures_are_counted_until_a_success
                a_deferred_poll_is_no_failure
                a_network_that_is_down_counts_as_no_failure
                what_is_gone_for_good_is_due_only_by_name
                a_deep_walk_is_planned_until_another_is
                facts_that_the_page_does_not_tell_stay
                a_report_that_comes_twice_changes_nothing
                answers_stand_in_the_order_of_the_batch
                a_batch_leaves_what_its_reports_one_by_one_leave
                a_post_is_stored_once_and_keeps_its_entry_id
            }
            stored {
                they_are_looked_at_beside_those_of_the_configuration
                what_is_put_again_is_the_same_source
                a_suggested_id_makes_way_and_is_found_again
                the_configuration_holds_where_both_name_an_id
                a_removed_one_rests_until_it_is_put_again
                they_are_read_a_page_at_a_time
                they_are_counted
                they_stand_as_they_are_seen
            }
            workers {
                a_worker_is_known_until_it_ends
                a_worker_that_is_long_gone_is_forgotten
                a_duty_is_one_workers_at_a_time
            }
            keeping {
                what_is_exported_makes_the_same_feeds
                headers_stay_where_they_are
                a_source_with_posts_stays_as_it_is
                what_cannot_be_read_is_not_taken_in
            }
            hosts {
                a_host_tells_what_waits_for_it
                a_host_that_is_leased_or_blocked_says_so
            }
            known {
                only_what_is_asked_for_is_known
                an_alias_leads_to_the_post
                posts_are_found_by_title
        a_title_of_any_length_is_stored_and_found
                an_alias_of_an_alias_leads_to_the_post
                the_extent_of_a_day_is_known
                the_lowest_post_without_a_date_is_known
            }
            beside {
                posts_that_lack_something_come_newest_first
                a_post_is_asked_for_until_it_is_settled
                a_site_that_says_nothing_is_asked_no_more
                pages_beside_the_index_are_kept
                a_changed_recipe_voids_the_pages_beside_the_index
            }
            gone {
                a_post_leaves_after_three_walks_and_a_day
                a_post_that_is_shown_again_begins_anew
                a_large_part_of_a_blog_is_never_gone
                one_page_tells_nothing_of_what_is_older
                a_walk_over_several_polls_is_one_walk
                what_was_read_with_an_older_recipe_says_nothing
                a_post_that_comes_back_is_the_one_that_it_was
                what_is_owed_of_a_gone_post_is_owed_no_more
            }
            texts {
                texts_are_wanted_newest_first_until_they_are_there
                a_page_that_gives_no_text_is_given_up
                a_text_raises_its_feeds_and_updates_nothing
                an_edit_wants_the_text_anew
                a_source_may_begin_and_cease_to_want_texts
                another_part_of_the_page_wants_all_texts_anew
                a_text_that_was_asked_for_under_another_key_is_the_posts
            }
            feeds {
                feeds_are_made_on_first_need
                a_report_raises_each_feed_once
                an_edit_raises_every_feed_of_the_post
                a_new_address_and_the_excerpt_of_an_edit_are_kept
                a_category_found_later_moves_the_post
                a_date_found_later_moves_the_post_in_every_feed
                a_fill_that_says_nothing_new_raises_nothing
                another_title_of_the_blog_raises_all_its_feeds
                stale_feeds_come_by_path_until_published
                unannounced_feeds_come_by_path_until_the_hub_knows
                a_slug_that_is_taken_is_minted_again
                feeds_of_one_source_or_of_all
            }
            posts {
                posts_come_newest_first_then_by_key
                a_window_passes_over_and_stops
                posts_of_all_sources_are_one_list
                a_post_comes_back_as_it_was
            }
            choice {
                what_is_excluded_is_stored_and_told_nowhere
                another_filter_holds_at_once_and_announces_nothing
                a_post_comes_in_and_goes_with_what_is_found_of_it
                a_category_may_go_without_its_children
                a_feed_that_is_chosen_again_is_itself
                authors_have_feeds_where_they_are_chosen
                tags_have_feeds_where_they_are_chosen
                what_is_excluded_leaves_full_pages
            }
            merged {
                a_query_finds_posts_of_several_sources
                a_report_raises_the_merged_feeds_of_its_posts_alone
                another_query_holds_at_once
                what_its_own_blog_excludes_is_in_no_merged_feed
                a_post_that_two_sources_have_is_there_once
                a_source_that_goes_moves_or_is_renamed_takes_its_posts_along
                undated_posts_sink_in_every_feed_of_theirs
            }
            archive {
                open_posts_are_those_below_the_newest
                a_frozen_page_stays_as_it_was
                a_page_is_frozen_once
            }
            outbox {
                what_is_owed_is_owed_once
                a_delivery_is_claimed_by_one_notifier
                an_unconfirmed_claim_runs_out
                a_retry_waits_for_its_time
                what_is_given_up_is_counted_as_dead
                the_oldest_comes_first_and_each_channel_has_its_own
                a_delivery_that_is_no_post_has_its_text
                what_may_have_arrived_stays_in_its_message
                what_waits_counts_as_not_tried
                nothing_passes_what_is_tried_again
                caps_count_messages
                channels_say_how_they_stand
                what_was_given_up_is_owed_again_under_the_same_id
            }
            events {
                events_come_in_order_and_once
                a_log_knows_its_ends
                old_events_go_and_their_numbers_stay_taken
            }
            notes {
                robots_are_kept_by_origin
                notes_are_kept_by_name
            }
            time {
                a_clock_that_was_set_back_stops_no_look
                a_clock_that_goes_right_changes_nothing
                what_has_ended_goes_in_its_time
                what_goes_goes_in_small_batches
            }
            moving {
                a_state_goes_elsewhere_whole
                a_state_that_came_in_works_on
                a_move_that_broke_off_is_carried_on
                what_changed_meanwhile_is_copied_anew
                a_state_that_holds_something_is_left_as_it_is
            }
            tokens {
                tokens_come_by_name
                a_token_keeps_its_name_for_itself
                a_revoked_token_is_gone
            }
        })*
    };
}

conformance! { in_memory on_disk shared }
