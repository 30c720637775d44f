-- What sosik left behind at schema 5 after it had read a made-up blog twice, with full texts, an excluded category and a
-- merged feed: `sqlite3 sosik.db .dump` and the two pragmas.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE host (
    shard         INTEGER NOT NULL,
    host_id       INTEGER NOT NULL,
    name          TEXT    NOT NULL,
    next_at       INTEGER,
    lease_until   INTEGER,
    lease_no      INTEGER NOT NULL DEFAULT 0,
    gap_ms        INTEGER,
    blocked_until INTEGER,
    PRIMARY KEY (shard, host_id)
) STRICT, WITHOUT ROWID;
INSERT INTO host VALUES(244,7192794133218049780,'127.0.0.1:8189',1795804617903,NULL,2,NULL,NULL);
CREATE TABLE source (
    shard           INTEGER NOT NULL,
    source_id       INTEGER NOT NULL,
    host_id         INTEGER NOT NULL,
    id              TEXT    NOT NULL,
    url             TEXT    NOT NULL,
    title           TEXT,
    definition      TEXT    NOT NULL,
    definition_hash INTEGER NOT NULL,
    added_at        INTEGER NOT NULL,
    removed_at      INTEGER, choice TEXT,
    PRIMARY KEY (shard, source_id)
) STRICT, WITHOUT ROWID;
INSERT INTO source VALUES(244,2039198164657133116,7192794133218049780,'blog','http://127.0.0.1:8189/category',NULL,'{"id":"blog","url":"http://127.0.0.1:8189/category","base_url":null,"title":null,"recipe":{"kind":"html","preset":"tistory","layouts":[{"name":"plain-list","post":".list > .row","title":".row-title","link":"a.row-link","excerpt":".row-text","category":".row-info > a","date":".row-info > span:last-child","author":null,"image":null,"next":"a.next","date_format":null},{"name":"articles","post":"section.inner:not(.full)","title":"h2","link":"h2 > a","excerpt":".sum ::own-text","category":"a.cate","date":".when","author":".when + span","image":".th img @src","next":null,"date_format":null},{"name":"cards","post":".cards > .card","title":".t","link":null,"excerpt":".s","category":null,"date":null,"author":null,"image":".thumb img @src","next":null,"date_format":null},{"name":"list-content","post":"#mArticle .list_content, .article_skin > .list_content","title":"strong.tit_post","link":"a.link_post","excerpt":"p.txt_post","category":".detail_info a.link_cate","date":".detail_info, .detail_info .txt_date ::own-text","author":null,"image":null,"next":"a.next, .area_paging a[class*=''next'']","date_format":null},{"name":"article-type-common","post":".area-common article.article-type-common, .area-main article.article-type-common","title":"strong.title","link":"a.link-article","excerpt":"p.summary","category":".box-meta a.link-category","date":".box-meta span.date","author":null,"image":".thumbnail img @src","next":"a.next, a.btn-next","date_format":null},{"name":"post-item","post":".inner > .post-item","title":"span.title","link":"a","excerpt":"span.excerpt","category":"span.category","date":".meta .date","author":null,"image":".thum img @src","next":"a.next, .pagination a.next","date_format":null},{"name":"list-category","post":"ul.list_category > li","title":".info > strong.name","link":"a.link_category","excerpt":null,"category":null,"date":null,"author":null,"image":null,"next":"a.next","date_format":null},{"name":"box-article","post":".box-article > article","title":"a.link-article > strong","link":"a.link-article","excerpt":null,"category":null,"date":null,"author":null,"image":null,"next":"a.next","date_format":null},{"name":"content-list","post":".wrap_content > .content_list","title":"strong.txt_title","link":null,"excerpt":null,"category":null,"date":null,"author":null,"image":null,"next":"a.next","date_format":null},{"name":"list-body","post":"article.entry:has(.list-body)","title":".list-body h3","link":null,"excerpt":null,"category":null,"date":null,"author":null,"image":null,"next":"a.next","date_format":null},{"name":"hello","post":".content__index","title":"h1.title > a","link":"h1.title > a","excerpt":"p.summary","category":".category a","date":"time.date","author":null,"image":null,"next":"a.next","date_format":null},{"name":"essence","post":".card:has(a.link-unstyled)","title":"a.link-unstyled","link":"a.link-unstyled","excerpt":"p.my-0","category":"a.float-left","date":"p.float-right","author":null,"image":null,"next":"a.next","date_format":null},{"name":"inpa-card","post":"article.inpa-card","title":".inpa-card-title","link":"a.inpa-card-link","excerpt":".inpa-card-desc","category":".inpa-card-badge","date":".inpa-date","author":".inpa-author","image":".inpa-card-thumb img @src","next":"a.next","date_format":null},{"name":"chip-soft","post":"li:has(> a .chip-soft)","title":"h4","link":"a","excerpt":"h4 + p","category":".chip-soft","date":".font-mono","author":null,"image":"img @src","next":"a.next","date_format":null}],"links":{"drop_query":["category"],"drop_prefix":["/m"]},"categories":{"separator":"/","levels":2,"none":["카테고리 없음"]},"site":{"title":null,"total":".tt_category > li > a.link_tit .c_cnt, .title-box > i","feed":"/rss","tree":".tt_category a[href]","tree_count":".c_cnt","tree_path":"/category/"},"page_query":"page","time_zone":"Asia/Seoul","content":".tt_article_useless_p_margin"},"backfill":"all","cadence":{"shortest":"PT15M","longest":"PT24H"},"language":null,"time_zone":null,"headers":{},"allow_private_addresses":true,"robots":true,"full_text":true,"paused":false,"choice":{"feeds":["all","categories","uncategorized","tags","authors"],"children":true,"filter":{"exclude":{"category":["DevOps/Docker"]}}}}',1845534414650080619,1795726496427,NULL,'{"feeds":["all","categories","uncategorized","tags","authors"],"children":true,"filter":{"exclude":{"category":["DevOps/Docker"]}}}');
INSERT INTO source VALUES(244,9022198632300542492,7192794133218049780,'gone','http://127.0.0.1:8189/category/DevOps',NULL,'{"id":"gone","url":"http://127.0.0.1:8189/category/DevOps","base_url":null,"title":null,"recipe":{"kind":"html","preset":null,"layouts":[],"links":{"drop_query":[],"drop_prefix":[]},"categories":{"separator":null,"levels":null,"none":[]},"site":{"title":null,"total":null,"feed":null,"tree":null,"tree_count":null,"tree_path":null},"page_query":null,"time_zone":null},"backfill":{"pages":1},"cadence":{"shortest":"PT15M","longest":"PT24H"},"language":null,"time_zone":null,"headers":{},"allow_private_addresses":true,"robots":true,"paused":false}',3544686670494452895,1795726496427,NULL,NULL);
CREATE TABLE source_state (
    shard         INTEGER NOT NULL,
    source_id     INTEGER NOT NULL,
    host_id       INTEGER NOT NULL,
    rests         INTEGER NOT NULL,
    due_at        INTEGER,
    void_lease    INTEGER NOT NULL DEFAULT 0,
    last_poll     INTEGER,
    last_success  INTEGER,
    outcome       TEXT,
    failures      INTEGER NOT NULL DEFAULT 0,
    failure       TEXT,
    etag          TEXT,
    last_modified TEXT,
    digest        BLOB,
    read_at       INTEGER,
    gap_cursor    TEXT,
    deep_at       INTEGER,
    deep_cursor   TEXT,
    ttl_ms        INTEGER,
    profile       TEXT,
    recipe_at     INTEGER,
    rhythm        TEXT,
    site_title    TEXT,
    language      TEXT,
    home_url      TEXT,
    declared      INTEGER,
    how           TEXT,
    lacks         INTEGER NOT NULL DEFAULT 0, excluded INTEGER NOT NULL DEFAULT 0, full_text INTEGER NOT NULL DEFAULT 0, misses INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (shard, source_id)
) STRICT, WITHOUT ROWID;
INSERT INTO source_state VALUES(244,2039198164657133116,7192794133218049780,0,1795805575149,0,1795726542713,1795726542713,'changed',0,NULL,'"DCSCuCOIsVbh"',NULL,X'f32c67396eb8a9a338604838ea3cc7fd',1795726534670,NULL,1796298060261,NULL,NULL,'{"pages":2,"posts":10.0,"titled":1.0,"dated":0.9,"categorised":0.8,"excerpted":1.0}',NULL,'{"since":"2020-05-01T14:38:00Z","at":"2026-11-26T20:55:34.67Z","last_post":"2020-06-29T04:24:00Z","offset_seconds":32400,"recent":0.0,"lasting":0.0,"timed":0.0,"hours":[0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0],"days":[0.0,0.0,0.0,0.0,0.0,0.0,0.0]}','느린 개발자의 기록','ko','http://127.0.0.1:8189/',26,'preset:tistory/plain-list',0,4,1,0);
INSERT INTO source_state VALUES(244,9022198632300542492,7192794133218049780,0,1795804617903,0,1795726543721,1795726543721,'changed',0,NULL,'"yQk8Kd0oisXh"',NULL,X'78f1f2fc36733960a094ec8c69ad139c',1795726542713,NULL,1796289753880,NULL,NULL,'{"pages":2,"posts":4.0,"titled":1.0,"dated":0.75,"categorised":0.75,"excerpted":1.0}',NULL,'{"since":"2020-05-09T08:33:00Z","at":"2026-11-26T20:55:20.575Z","last_post":"2020-06-25T14:53:00Z","offset_seconds":32400,"recent":0.0,"lasting":0.0,"timed":0.0,"hours":[0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0],"days":[0.0,0.0,0.0,0.0,0.0,0.0,0.0]}','느린 개발자의 기록','ko','http://127.0.0.1:8189/',4,'preset:tistory/plain-list',0,0,0,0);
CREATE TABLE post (
    shard               INTEGER NOT NULL,
    source_id           INTEGER NOT NULL,
    key                 TEXT    NOT NULL,
    entry_id            TEXT    NOT NULL,
    url                 TEXT    NOT NULL,
    title               TEXT    NOT NULL,
    excerpt             TEXT,
    author              TEXT,
    image               TEXT,
    published_at        INTEGER,
    published_offset    INTEGER,
    published_precision TEXT,
    listed_at           INTEGER NOT NULL,
    listed_offset       INTEGER NOT NULL,
    first_seen          INTEGER NOT NULL,
    updated             INTEGER NOT NULL,
    categories          TEXT,
    asks                INTEGER NOT NULL DEFAULT 0, excluded INTEGER NOT NULL DEFAULT 0, tags TEXT, enclosures TEXT, text_asks INTEGER,
    PRIMARY KEY (shard, source_id, key)
) STRICT, WITHOUT ROWID;
INSERT INTO post VALUES(244,2039198164657133116,'/1','urn:uuid:bbfaf776-8c3a-553e-b5de-4ce9660fb439','http://127.0.0.1:8189/1','[일상] 새 키보드 #1: 와 겪은 환경 보고','운영 뒤 에서 설정 주의 실제 확인 순서 에서는 환경 영향 어떤 운영 정리 환경 마지막 영향 실제 으로 겪은 대로 을 을 주의 실제 으로 주의 이 실제 대로 에서는 마지막 문제 기본 어떤 와 뒤 겪은 으로 개념 마지막 <코드> 과정 에서 주의 으로 을 을 설정 에서 마지막 "따옴표" 운영 으로 실제 점 순서 으로 <코드> 뒤 영향 을 주는지 주의 주는지 설정..',NULL,NULL,1588343880000,32400,'second',1588343880000,32400,1795726496441,1588343880000,'[["일상"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/10','urn:uuid:e30ed33c-1248-5f62-87cb-36836b52503e','http://127.0.0.1:8189/10','[Java] GC 튜닝 #10: 순서 대로 개념 살펴','개념 영향 환경 실제 "따옴표" 실험 을 설정 뒤 을 을 을 설정 나옵니다 실험 글 을 어떤 정리 을 이 에서는 값 에서는 주는지 운영 실제 합니다 을 나옵니다 운영 할 살펴 설정 먼저 살펴 점 에서는 합니다 나옵니다 "따옴표" & 을 먼저 개념 이번 도 할 을 운영 글 대로 에서 실험 "따옴표" 주는지 값 합니다 영향 으로 문제 으로 과정 이번 나옵니다 개념 & 와 할 정리 을 을 주는지 설정 할 환경 확인 을 이 해결 정리 어떤 운영 적어 에서는 실험 마지막 뒤 을 해결 영향 에서 운영 합니다 점 환경 순서 에..',NULL,NULL,1590180900000,32400,'second',1590180900000,32400,1795726496441,1590180900000,'[["Language","Java"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/11','urn:uuid:5092a805-19f9-5303-8760-030181e42bdd','http://127.0.0.1:8189/11','[Spring] Security 필터 #11: 에서는 을 환경 을','으로 먼저 설정 합니다 나옵니다 합니다 을 을 정리 과정 정리 정리 와 기본 주의 을 을 운영 이 합니다 정리 확인 한 대로 적어 에서 적어 주는지 에서는 에서 이번 실험 대로 을 설정 에서는 기본 대로 겪은 실제 을 할 주의 을 운영 설정 확인 과정 을 할 합니다 둡니다 이번 에서 을 할 "따옴표" 점 보고 순서 에서는 설정 살펴 와 에서는 순서 합니다 에서는 할 도 적어 순서 이번 을 어떤 <코드> 설정 과정 점 개념 운영 순서 에서는 으로 마지막 실험 운영 어떤 에서 이 둡니다 마지막 와 을 뒤..',NULL,NULL,1590620340000,32400,'second',1590620340000,32400,1795726496441,1590620340000,'[["Framework","Spring"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/12','urn:uuid:ba109bde-6c88-5375-a695-74c56c9628a3','http://127.0.0.1:8189/12','[Spring] 트랜잭션 전파 #12: 개념 을 개념 에서','개념 나옵니다 으로 보고 어떤 어떤 글 설정 적어 을 이 도 이 순서 이번 영향 해결 영향 겪은 환경 이 으로 설정 주는지 해결 문제 이번 실제 마지막 와 적어 이 환경 으로 점 설정 나옵니다 확인 해결 와 보고 기본 해결 한 해결 운영 에서 값 으로 을 개념 문제 에서는 실험 을 실제 할 을 값 환경 "따옴표" 점 & 해결 을 대로..',NULL,NULL,1590896940000,32400,'second',1590896940000,32400,1795726496441,1590896940000,'[["Framework","Spring"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/13','urn:uuid:3f258f80-257a-5ac2-a950-c4af4c20d5b9','http://127.0.0.1:8189/13','[Java] 동기화 #13: 을 환경 을 문제','한 해결 값 보고 겪은 와 정리 도 을 에서는 마지막 <코드> 에서는 둡니다 을 겪은 값 할 주는지 마지막 을 개념 적어 어떤 개념 주의 정리 영향 값 둡니다 설정 을 확인 을 과정 글 이번 점 으로 주는지 정리 을 점 주는지 과정 실험 이 에서 운영 문제 보고 영향 설정 환경 을 확인 확인 둡니다 에서는 에서는 을 문제 환경 도 을 도 확인 환경 실제 확인 값 적어 문제 글 운영 점 도 & 겪은 을 문제 으로 기본 해결 <코드> 도 대로 운영 보고 점 합니다 해결 을 점 먼저 주는지 와 합니다 확인 실험 순서 주..',NULL,NULL,1591018020000,32400,'second',1591018020000,32400,1795726496441,1591018020000,'[["Language","Java"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/14','urn:uuid:b7836698-4ccb-56eb-8500-e0140946ef79','http://127.0.0.1:8189/14','[Spring] Batch #14: 문제 겪은 을 글','한 실제 을 설정 을 마지막 한 주의 & 에서 합니다 뒤 을 이 나옵니다 설정 합니다 값 설정 으로 와 설정 살펴 환경 을 대로 과정 점 나옵니다 실제 기본 한 합니다 개념 을 주의 둡니다 을 도 이번 나옵니다 에서는 대로 와 기본 점 을 영향 어떤 확인 설정 실제 문제 으로 대로 점 적어 에서는 글 실제 이번 으로 보고 개념 에서 한 보고 뒤 대로 어떤 주의 개념 주의 문제 순서 설정 점 실험 해결 문제 이번 정리 "따옴표" 와 을 에서 운영 을 와 둡니다 먼저 이 합니다 이번 실제 적어 마지막 보고 할 적어 주..',NULL,NULL,1591287540000,32400,'second',1591287540000,32400,1795726496441,1591287540000,'[["Framework","Spring"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/15','urn:uuid:5713de65-b7a4-504d-8a27-d8d6616ebb3b','http://127.0.0.1:8189/15','[Spring] 트랜잭션 전파 #15: 문제 기본 환경 와','한 합니다 기본 적어 순서 환경 확인 이번 해결 합니다 정리 나옵니다 을 해결 나옵니다 을 을 값 살펴 할 정리 값 을 & 둡니다 뒤 실험 실험 한 & 이번 글 영향 도 대로 으로 개념 순서 이 점 주의 운영 으로 해결 와 에서는 글 겪은 에서 점 해결 보고 와 & 글 글 에서는 문제 & 적어 을 에서는 & 운영 나옵니다 에서는 운영 주의 설정 을 뒤 둡니다 운영 "따옴표" 값 에서 정리 순서 순서 겪은 에서는 에서는 을 환경 을 을 기본 실험 에서 문제 에서 적어 순서 기본 을 살펴 영향 합니다 글 보고 합니다 ..',NULL,NULL,1591463520000,32400,'second',1591463520000,32400,1795726496441,1591463520000,'[["Framework","Spring"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/16','urn:uuid:b0cdb8b0-1d07-5ab9-979b-fa25194a8ab1','http://127.0.0.1:8189/16','[Kafka] 토픽과 파티션 #16: 문제 을 보고 실제','환경 으로 & 마지막 에서 을 을 보고 에서 이 이 나옵니다 환경 영향 적어 글 설정 순서 개념 합니다 영향 뒤 확인 해결 값 을 대로 주는지 문제 뒤 할 & 할 적어 에서는 보고 주의 을 한 와 을 둡니다 마지막 나옵니다 을 해결 주는지 을 & 합니다 주의 대로 문제 살펴 주는지 적어 & 정리 확인 을 먼저 개념 "따옴표" 점 와 도 와 정리 도 을 할 한 보고 해결 정리 을 을 합니다 도 에서 해결 둡니다 에서 을 값 와 와 개념 도 개념 영향 먼저 을 에서 을 에서 먼저 순서 값 주는지 에서는 이번 이 영향 ..',NULL,NULL,1591580520000,32400,'second',1591580520000,32400,1795726496441,1591580520000,'[["Big Data","Kafka"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/17','urn:uuid:69fa5928-c4f2-5f21-82bf-370dd041914a','http://127.0.0.1:8189/17','[Kafka] 오프셋 커밋 #17: 와 해결 정리 정리','실험 주는지 글 점 어떤 한 <코드> 둡니다 과정 적어 을 이번 값 으로 에서 에서는 합니다 뒤 순서 해결 "따옴표" 을 한 보고 에서 으로 주는지 뒤 순서 "따옴표" 실험 확인 글 을 설정 한 살펴 어떤 나옵니다 주는지 순서 <코드> 과정 이 확인 겪은 도 점 보고 을 실제 합니다 먼저 값 이 실제 이번 운영 어떤 어떤 을 & <코드> 보고 주의 합니다 에서 대로 개념 나옵니다 이 한 대로 이 주는지 순서 해결 문제 운영 을 을 실험 적어 마지막 도 대로 와 보고 둡니다 을 어떤 주는지 기본 마지막 적어 문제 실..',NULL,NULL,1591691460000,32400,'second',1591691460000,32400,1795726496441,1591691460000,'[["Big Data","Kafka"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/18','urn:uuid:57780d35-824f-5bc2-b6f8-ab4b80127609','http://127.0.0.1:8189/18','[Kafka] 오프셋 커밋 #18: 살펴 과정 해결 정리','실제 환경 으로 을 문제 한 보고 을 주의 이번 둡니다 이번 순서 운영 적어 기본 합니다 할 에서 주의 와 대로 과정 을 보고 와 순서 이 뒤 해결 점 & 할 환경 둡니다 마지막 을 개념 을 으로 & 순서 한 환경 나옵니다 을 둡니다 겪은 마지막 겪은 합니다 어떤 대로 문제 실험 으로 마지막 실제 실험 주는지 와 & 으로 정리 으로 해결 뒤 할 나옵니다 이번 해결 을 주는지 & 으로 으로 둡니다 기본 주는지 설정 영향 어떤 <코드> 운영 과정 을 설정 을 적어 글 글 점 에서는 <코드> 나옵니다 살펴 에서 확인 실..',NULL,NULL,1591713720000,32400,'second',1591713720000,32400,1795726496441,1591713720000,'[["Big Data","Kafka"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/19','urn:uuid:c25a2fe8-14dd-54f1-8359-2d111c28c13f','http://127.0.0.1:8189/19','[Spring] 트랜잭션 전파 #19: 을 개념 기본 살펴','영향 합니다 마지막 실제 기본 기본 보고 으로 이 살펴 확인 먼저 확인 보고 순서 적어 으로 겪은 살펴 을 을 "따옴표" 개념 문제 주의 을 환경 에서는 이 도 마지막 이 뒤 으로 실제 이 개념 에서 이번 에서는 을 실험 할 둡니다 실제 확인 뒤 점 값 점 와 을 <코드> & & 할 <코드> 환경 순서 에서는 둡니다 을 주는지 을 과정 에서 둡니다 과정 에서는 어떤 에서 적어 이번 설정 문제 개념 마지막 "따옴표" 합니다 개념 과정 어떤 에서는 을 글 영향 으로 적어 주의 실제 으로 으로 한 에서는 겪은 어떤 으로..',NULL,NULL,1592158620000,32400,'second',1592158620000,32400,1795726496441,1592158620000,'[["Framework","Spring"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/2','urn:uuid:d85e5dd5-cddc-5f9e-8958-324f5cc57ebd','http://127.0.0.1:8189/2','[Spring] 트랜잭션 전파 #2: 을 살펴 설정 글','도 을 기본 할 운영 겪은 확인 어떤 해결 살펴 와 으로 어떤 에서는 둡니다 운영 마지막 으로 을 살펴 & 보고 할 으로 주의 주는지 운영 환경 먼저 실험 & 둡니다 운영 실제 도 & 개념 적어 으로 <코드> 을 기본 "따옴표" 값 둡니다 보고 글 주는지 보고 해결 점 겪은 으로 실제 순서 기본 문제 나옵니다 정리 이 이 으로 환경 해결 을 이 마지막 먼저 문제 영향 마지막 먼저 "따옴표" 어떤 보고 <코드> 값 대로 와 환경 과정 와 대로 둡니다 대로 이번 으로 주의 과정 합니다 기본 이번 와 어떤 뒤 설정 점 ..',NULL,NULL,1588379160000,32400,'second',1588379160000,32400,1795726496441,1588379160000,'[["Framework","Spring"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/20','urn:uuid:d5613153-83d7-5bbc-8856-bd60450d4976','http://127.0.0.1:8189/20','[Docker] 이미지 레이어 #20: 기본 이번 을 대로 (수정)','실험 순서 와 을 이번 영향 이번 이번 <코드> 둡니다 겪은 환경 순서 겪은 문제 실험 글 먼저 도 으로 정리 을 도 나옵니다 과정 실제 설정 나옵니다 "따옴표" & 와 도 환경 기본 을 마지막 "따옴표" 으로 주는지 둡니다 합니다 실제 "따옴표" 에서는 이번 실제 이번 적어 <코드> 점 환경 값 개념 개념 도 할 해결 으로 할 실제 을 설정 으로 도 을 실험 <코드> 해결 와 겪은 설정 적어 해결 을 어떤 실험 값 을 먼저 으로 살펴 기본 먼저 실제 점 적어 "따옴표" 할 살펴 할 도 이번 와 할 개념 주의 영향..',NULL,NULL,1592443140000,32400,'second',1592443140000,32400,1795726496441,1795726534670,'[["DevOps","Docker"]]',0,1,NULL,NULL,0);
INSERT INTO post VALUES(244,2039198164657133116,'/21','urn:uuid:40768410-392b-513e-8590-f71015a36b1d','http://127.0.0.1:8189/21','[Docker] 네트워크 #21: 실제 운영 해결 이번','주의 한 합니다 한 을 실험 확인 주의 을 을 순서 을 환경 과정 & 기본 설정 으로 으로 보고 이 한 와 정리 에서는 으로 설정 에서 설정 을 주는지 환경 와 을 할 글 보고 먼저 한 할 글 에서 에서는 순서 으로 으로 주의 으로 순서 합니다 먼저 영향 에서 을 주의 할 문제 합니다 에서는 살펴 을 과정 값 환경 글 실제 에서는 마지막 설정 "따옴표" 주는지 으로 운영 할 을 이 겪은 "따옴표" 환경 합니다 을 으로 대로 적어 환경 둡니다 확인 이 과정 을 해결 설정 정리 도 대로 과정 에서는 합니다 보고 실제 ..',NULL,NULL,1592896920000,32400,'second',1592896920000,32400,1795726496441,1592896920000,'[["DevOps","Docker"]]',0,1,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/22','urn:uuid:8fd61c69-ae82-5e04-a9d3-97160c824472','http://127.0.0.1:8189/22','[Docker] compose #22: 대로 이번 합니다 와','설정 합니다 값 겪은 설정 실험 값 해결 을 정리 와 <코드> 이번 주는지 "따옴표" 을 에서는 해결 대로 운영 점 설정 나옵니다 문제 을 에서 값 글 을 운영 을 살펴 을 대로 실험 겪은 을 설정 와 살펴 대로 나옵니다 실제 과정 "따옴표" 을 마지막 와 을 와 먼저 어떤 어떤 정리 와 글 먼저 으로 기본 살펴 해결 합니다 으로 에서 을 주는지 실험 겪은 와 확인 실제 을 둡니다 순서 마지막 실험 기본 겪은 합니다 을 설정 영향 합니다 정리 정리 에서 값 기본 어떤 해결 실제 도 기본 와 을 글 을 확인 살펴 확..',NULL,NULL,1593096780000,32400,'second',1593096780000,32400,1795726496441,1593096780000,'[["DevOps","Docker"]]',0,1,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/23','urn:uuid:3ca7dfaa-6990-56a5-bc4d-7774c55589d9','http://127.0.0.1:8189/23','[일상] 여름 휴가 #23: 이번 실제 보고 설정','으로 과정 문제 과정 한 대로 "따옴표" 과정 을 할 환경 환경 할 도 으로 먼저 과정 순서 문제 점 둡니다 "따옴표" 을 을 주의 개념 을 이번 운영 & 도 한 어떤 도 실제 한 보고 살펴 기본 을 으로 환경 이번 어떤 실험 문제 둡니다 먼저 정리 과정 으로 설정 에서는 해결 & 설정 으로 할 이번 보고 한 을 한 운영 겪은 보고 "따옴표" 정리 을 "따옴표" 값 으로 실제 기본 에서 도 으로 을 확인 글 한 뒤 문제 글 정리 환경 대로 점 과정 해결 에서 개념 합니다 마지막 글..',NULL,NULL,1593358440000,32400,'second',1593358440000,32400,1795726496441,1593358440000,'[["일상"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/24','urn:uuid:afdc9e32-af7f-5d85-a4f5-589509c8a416','http://127.0.0.1:8189/24','[메모] 공지 아닌 글 #24: 와 이번 겪은 해결','을 에서 보고 에서 "따옴표" 과정 에서는 먼저 겪은 주는지 으로 주의 확인 먼저 겪은 겪은 겪은 이 문제 뒤 주의 대로 대로 와 둡니다 으로 주는지 나옵니다 이 해결 글 을 값 & 어떤 할 할 한 에서는 이 실제 설정 살펴 이 정리 살펴 "따옴표" 영향 으로 을 이 마지막 실제 을 한 와 <코드> 보고 정리 영향 둡니다 을 이번 설정 에서 한 과정 운영 을 영향 을 확인 둡니다 글 대로 문제 어떤 이 주는지 을 에서는 에서는 에서는 적어 점 먼저 <코드> 점 먼저 을 뒤 에서는 점 에서 합니다 겪은 한 이번 영향..',NULL,NULL,1593393840000,32400,'second',1593393840000,32400,1795726496441,1593393840000,NULL,3,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/25','urn:uuid:4919e0e6-3dee-5fb5-90ef-9646408b506c','http://127.0.0.1:8189/25','[Kafka] Connect #25: 을 대로 과정 글','값 주의 이 이번 보고 해결 정리 을 마지막 을 으로 먼저 기본 순서 기본 실제 글 해결 마지막 운영 할 보고 을 둡니다 실제 한 값 을 보고 나옵니다 에서 한 대로 <코드> 나옵니다 와 어떤 살펴 둡니다 보고 문제 <코드> 을 점 점 먼저 한 에서 나옵니다 나옵니다 실험 먼저 을 "따옴표" 을 "따옴표" 문제 어떤 에서 이번 어떤 마지막 주의 겪은 으로 이 으로 와 어떤 먼저 점 할 겪은 값 을 & 주는지 기본 도 보고 기본 보고 이 한 마지막 할 값 적어 을 이번 나옵니다 으로 값 을 개념 과정 뒤 개념 와 영..',NULL,NULL,1593397440000,32400,'second',1593397440000,32400,1795726534670,1593397440000,'[["Big Data","Kafka"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/26','urn:uuid:8ebfb75c-8afc-5265-bca6-bba683984333','http://127.0.0.1:8189/26','[Kafka] 오프셋 커밋 #26: 문제 환경 글 문제','이번 <코드> 운영 한 대로 에서 어떤 설정 확인 이 적어 마지막 으로 와 을 어떤 으로 이 을 점 주의 살펴 & 한 나옵니다 환경 해결 설정 을 설정 운영 개념 확인 과정 겪은 적어 기본 & 살펴 확인 어떤 을 해결 한 기본 확인 순서 확인 을 어떤 과정 실제 을 으로 할 에서 보고 으로 을 을 도 에서는 & 어떤 이번 이번 개념 "따옴표" & 마지막 이번 개념 이 에서 주의 이번 둡니다 글 을 과정 으로 마지막 으로 먼저 적어 뒤 확인 와 으로 을 어떤 할 겪은 와 해결 한 확인 에서 글 에서 운영 해결 한 으..',NULL,NULL,1593401040000,32400,'second',1593401040000,32400,1795726534670,1593401040000,'[["Big Data","Kafka"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/27','urn:uuid:f06a191f-ba7e-5bdd-b960-807dcb8f319e','http://127.0.0.1:8189/27','[Kafka] Connect #27: 을 에서 대로 와','보고 을 을 점 값 글 실제 대로 이 주의 에서는 을 실제 점 정리 정리 대로 에서는 해결 주의 과정 을 이번 주는지 개념 어떤 할 합니다 으로 운영 정리 <코드> 값 <코드> "따옴표" 주의 대로 어떤 개념 이 "따옴표" 으로 글 정리 환경 과정 해결 보고 값 과정 이번 기본 이 마지막 설정 겪은 살펴 뒤 값 살펴 이 적어 운영 겪은 영향 보고 마지막 정리..',NULL,NULL,1593404640000,32400,'second',1593404640000,32400,1795726534670,1593404640000,'[["Big Data","Kafka"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/3','urn:uuid:2020c386-b5e6-5da4-9665-9ca07f2add74','http://127.0.0.1:8189/3','[일상] 책상 정리 #3: 개념 개념 이번 정리','에서 실험 을 이 실제 을 운영 순서 을 해결 겪은 살펴 할 실제 에서 이번 으로 와 뒤 에서 설정 점 글 운영 순서 점 값 와 을 합니다 보고 할 설정 실험 겪은 겪은 으로 주는지 실험 실험 개념 환경 와 에서 나옵니다 살펴 나옵니다 합니다 실험 & 해결 한 글 순서 한 설정 와 & 뒤 글 한 개념 적어 환경 & 합니다 한 설정 해결 보고 대로 뒤 뒤 확인 살펴 을 대로 점 을 정리 이 나옵니다 대로 을 한 으로 보고 도 글 글 먼저 실험 합니다 을 & 할 보고 을 도 보고 설정 환경 대로 에서 대로 실험 을 살..',NULL,NULL,1588835220000,32400,'second',1588835220000,32400,1795726496441,1588835220000,'[["일상"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/4','urn:uuid:f51c825a-1961-55b8-be51-8d953fd0361d','http://127.0.0.1:8189/4','[Docker] compose #4: 정리 환경 살펴 겪은','을 실험 과정 영향 을 살펴 환경 도 이 주는지 이 나옵니다 환경 도 해결 해결 문제 글 와 주의 주는지 적어 와 점 할 실험 둡니다 보고 와 마지막 마지막 문제 글 이번 도 적어 에서 한 나옵니다 문제 영향 을 순서 글 합니다 순서 기본 확인 정리 주의 을 합니다 뒤 어떤 문제 실제 나옵니다 보고 주는지 둡니다 주의 한 어떤 확인 문제 뒤 와 한 확인 글 을 과정 할 이번 와 과정 와 실험 점 도 겪은 마지막 실제 을 <코드> 한 한 마지막 실험 에서 마지막 실제 정리 을 먼저 에서는 에서 확인 을 마지막 글 운..',NULL,NULL,1589013180000,32400,'second',1589013180000,32400,1795726496441,1589013180000,'[["DevOps","Docker"]]',0,1,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/5','urn:uuid:c14ca917-4a61-51c7-ab43-5e290e58a223','http://127.0.0.1:8189/5','[일상] 책상 정리 #5: 에서 겪은 해결 에서','을 보고 을 환경 도 설정 글 살펴 마지막 주는지 을 "따옴표" 글 값 살펴 한 점 기본 확인 운영 겪은 대로 에서 환경 합니다 먼저 에서는 과정 먼저 문제 영향 <코드> 합니다 이 와 뒤 확인 으로 으로 & 을 환경 먼저 실제 & 과정 영향 운영 먼저 글 을 환경 합니다 환경 할 대로 운영 합니다 겪은 주는지 이번 살펴 마지막 어떤 먼저 점 문제 에서는 한 "따옴표" 정리 겪은 해결 합니다 실제 과정 을 개념 을 개념 한 순서 기본 을 확인 <코드> 과정 먼저 보고 글 합니다 에서는 이번 글 도 확인 마지막 을 ..',NULL,NULL,1589304000000,32400,'second',1589304000000,32400,1795726496441,1589304000000,'[["일상"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/6','urn:uuid:29abddc9-75a8-5c1c-b389-84ef4fb4bca6','http://127.0.0.1:8189/6','[OS] 가상 메모리 #6: 을 운영 글 보고','이번 운영 을 나옵니다 합니다 영향 해결 실제 환경 둡니다 값 확인 둡니다 기본 할 정리 & 기본 에서는 주는지 과정 해결 먼저 을 이번 합니다 설정 살펴 마지막 을 정리 에서는 개념 순서 보고 과정 이번 살펴 값 환경 실험 먼저 확인 적어 을 정리 확인 이번 환경 합니다 환경 와 이 주의 에서는 이 글 개념 개념 을 대로 환경 주의 한 와 둡니다 "따옴표" 할 값 을 도 으로 와 기본 도 점..',NULL,NULL,1589415240000,32400,'second',1589415240000,32400,1795726496441,1589415240000,'[["CS","OS"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/7','urn:uuid:bf38ed45-e766-561e-bed2-ed21bfda2148','http://127.0.0.1:8189/7','[Kafka] Connect #7: 과정 에서는 을 을','보호되어 있는 글입니다.',NULL,NULL,1589705460000,32400,'second',1589705460000,32400,1795726496441,1589705460000,'[["Big Data","Kafka"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/8','urn:uuid:c280645c-dea4-5364-acb3-5e12da955388','http://127.0.0.1:8189/8','[OS] 세마포어 #8: 합니다 을 순서 보고','먼저 실제 먼저 에서 실제 둡니다 기본 을 와 정리 먼저 영향 확인 을 을 설정 영향 글 을 이 마지막 마지막 순서 도 환경 실제 도 어떤 을 점 문제 적어 기본 으로 실제 마지막 문제 해결 실험 어떤 살펴 기본 개념 합니다 나옵니다 나옵니다 적어 합니다 이 적어 정리 개념 실험 마지막 둡니다 이 겪은 해결 적어 해결 운영 순서 확인 으로 마지막 대로 을 살펴 을 영향 문제 마지막 을 정리 환경 과정 살펴 마지막 환경 을 정리 설정 합니다 으로 을 글 나옵니다 어떤 값 어떤 나옵니다 한 순서 값 먼저 살펴 실제 으..',NULL,NULL,1590142140000,32400,'second',1590142140000,32400,1795726496441,1590142140000,'[["CS","OS"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,2039198164657133116,'/9','urn:uuid:3d6ef501-99a1-51d6-9067-7b84ad126e99','http://127.0.0.1:8189/9','[Spring] WebFlux #9: 이번 에서는 문제 에서는','합니다 대로 할 이번 이번 뒤 개념 주는지 먼저 을 적어 정리 실험 한 정리 마지막 정리 글 어떤 "따옴표" 적어 개념 실제 글 을 으로 <코드> 적어 어떤 환경 합니다 대로 둡니다 영향 설정 대로 으로 에서는 & 살펴 "따옴표" 어떤 설정 <코드> 이 을 이번 기본 나옵니다 확인 운영 순서 으로 을 개념 을 대로 주는지 대로 합니다 기본 에서 점 으로 점 과정 대로 으로 어떤 둡니다 실제 할 와 이 실제 순서 글 할 와 어떤 실제 "따옴표" 실제 과정 이 을 "따옴표" 을 도 겪은 환경 해결 살펴 을 과정 적어 ..',NULL,NULL,1590146460000,32400,'second',1590146460000,32400,1795726496441,1590146460000,'[["Framework","Spring"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,9022198632300542492,'/20','urn:uuid:d5613153-83d7-5bbc-8856-bd60450d4976','http://127.0.0.1:8189/20','[Docker] 이미지 레이어 #20: 기본 이번 을 대로 (수정)','실험 순서 와 을 이번 영향 이번 이번 <코드> 둡니다 겪은 환경 순서 겪은 문제 실험 글 먼저 도 으로 정리 을 도 나옵니다 과정 실제 설정 나옵니다 "따옴표" & 와 도 환경 기본 을 마지막 "따옴표" 으로 주는지 둡니다 합니다 실제 "따옴표" 에서는 이번 실제 이번 적어 <코드> 점 환경 값 개념 개념 도 할 해결 으로 할 실제 을 설정 으로 도 을 실험 <코드> 해결 와 겪은 설정 적어 해결 을 어떤 실험 값 을 먼저 으로 살펴 기본 먼저 실제 점 적어 "따옴표" 할 살펴 할 도 이번 와 할 개념 주의 영향..',NULL,NULL,1592443140000,32400,'second',1592443140000,32400,1795726520575,1795726542713,'[["DevOps","Docker"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,9022198632300542492,'/21','urn:uuid:40768410-392b-513e-8590-f71015a36b1d','http://127.0.0.1:8189/21','[Docker] 네트워크 #21: 실제 운영 해결 이번','주의 한 합니다 한 을 실험 확인 주의 을 을 순서 을 환경 과정 & 기본 설정 으로 으로 보고 이 한 와 정리 에서는 으로 설정 에서 설정 을 주는지 환경 와 을 할 글 보고 먼저 한 할 글 에서 에서는 순서 으로 으로 주의 으로 순서 합니다 먼저 영향 에서 을 주의 할 문제 합니다 에서는 살펴 을 과정 값 환경 글 실제 에서는 마지막 설정 "따옴표" 주는지 으로 운영 할 을 이 겪은 "따옴표" 환경 합니다 을 으로 대로 적어 환경 둡니다 확인 이 과정 을 해결 설정 정리 도 대로 과정 에서는 합니다 보고 실제 ..',NULL,NULL,1592896920000,32400,'second',1592896920000,32400,1795726520575,1592896920000,'[["DevOps","Docker"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,9022198632300542492,'/22','urn:uuid:8fd61c69-ae82-5e04-a9d3-97160c824472','http://127.0.0.1:8189/22','[Docker] compose #22: 대로 이번 합니다 와','설정 합니다 값 겪은 설정 실험 값 해결 을 정리 와 <코드> 이번 주는지 "따옴표" 을 에서는 해결 대로 운영 점 설정 나옵니다 문제 을 에서 값 글 을 운영 을 살펴 을 대로 실험 겪은 을 설정 와 살펴 대로 나옵니다 실제 과정 "따옴표" 을 마지막 와 을 와 먼저 어떤 어떤 정리 와 글 먼저 으로 기본 살펴 해결 합니다 으로 에서 을 주는지 실험 겪은 와 확인 실제 을 둡니다 순서 마지막 실험 기본 겪은 합니다 을 설정 영향 합니다 정리 정리 에서 값 기본 어떤 해결 실제 도 기본 와 을 글 을 확인 살펴 확..',NULL,NULL,1593096780000,32400,'second',1593096780000,32400,1795726520575,1593096780000,'[["DevOps","Docker"]]',0,0,NULL,NULL,NULL);
INSERT INTO post VALUES(244,9022198632300542492,'/4','urn:uuid:f51c825a-1961-55b8-be51-8d953fd0361d','http://127.0.0.1:8189/4','[Docker] compose #4: 정리 환경 살펴 겪은','을 실험 과정 영향 을 살펴 환경 도 이 주는지 이 나옵니다 환경 도 해결 해결 문제 글 와 주의 주는지 적어 와 점 할 실험 둡니다 보고 와 마지막 마지막 문제 글 이번 도 적어 에서 한 나옵니다 문제 영향 을 순서 글 합니다 순서 기본 확인 정리 주의 을 합니다 뒤 어떤 문제 실제 나옵니다 보고 주는지 둡니다 주의 한 어떤 확인 문제 뒤 와 한 확인 글 을 과정 할 이번 와 과정 와 실험 점 도 겪은 마지막 실제 을 <코드> 한 한 마지막 실험 에서 마지막 실제 정리 을 먼저 에서는 에서 확인 을 마지막 글 운..',NULL,NULL,1589013180000,32400,'second',1589013180000,32400,1795726520575,1589013180000,'[["DevOps","Docker"]]',0,0,NULL,NULL,NULL);
CREATE TABLE category (
    shard       INTEGER NOT NULL,
    source_id   INTEGER NOT NULL,
    category_id INTEGER NOT NULL,
    path        TEXT    NOT NULL,
    slug_path   TEXT    NOT NULL,
    url         TEXT,
    declared    INTEGER,
    PRIMARY KEY (shard, source_id, category_id)
) STRICT, WITHOUT ROWID;
INSERT INTO category VALUES(244,2039198164657133116,1,'일상','일상','http://127.0.0.1:8189/category/%EC%9D%BC%EC%83%81',4);
INSERT INTO category VALUES(244,2039198164657133116,2,'DevOps','devops','http://127.0.0.1:8189/category/DevOps',4);
INSERT INTO category VALUES(244,2039198164657133116,3,'DevOpsDocker','devops/docker','http://127.0.0.1:8189/category/DevOps/Docker',4);
INSERT INTO category VALUES(244,2039198164657133116,4,'Framework','framework','http://127.0.0.1:8189/category/Framework',7);
INSERT INTO category VALUES(244,2039198164657133116,5,'FrameworkSpring','framework/spring','http://127.0.0.1:8189/category/Framework/Spring',7);
INSERT INTO category VALUES(244,2039198164657133116,6,'Big Data','big-data','http://127.0.0.1:8189/category/Big%20Data',7);
INSERT INTO category VALUES(244,2039198164657133116,7,'Big DataKafka','big-data/kafka','http://127.0.0.1:8189/category/Big%20Data/Kafka',7);
INSERT INTO category VALUES(244,2039198164657133116,8,'Language','language','http://127.0.0.1:8189/category/Language',1);
INSERT INTO category VALUES(244,2039198164657133116,9,'LanguageJava','language/java','http://127.0.0.1:8189/category/Language/Java',1);
INSERT INTO category VALUES(244,2039198164657133116,10,'CS','cs','http://127.0.0.1:8189/category/CS',2);
INSERT INTO category VALUES(244,2039198164657133116,11,'CSOS','cs/os','http://127.0.0.1:8189/category/CS/OS',2);
INSERT INTO category VALUES(244,9022198632300542492,1,'DevOps','devops','http://127.0.0.1:8189/category/DevOps',4);
INSERT INTO category VALUES(244,9022198632300542492,2,'DevOpsDocker','devops/docker','http://127.0.0.1:8189/category/DevOps/Docker',4);
CREATE TABLE post_category (
    shard       INTEGER NOT NULL,
    source_id   INTEGER NOT NULL,
    category_id INTEGER NOT NULL,
    listed_at   INTEGER NOT NULL,
    key         TEXT    NOT NULL,
    PRIMARY KEY (shard, source_id, category_id, listed_at DESC, key)
) STRICT, WITHOUT ROWID;
INSERT INTO post_category VALUES(244,2039198164657133116,1,1593358440000,'/23');
INSERT INTO post_category VALUES(244,2039198164657133116,1,1589304000000,'/5');
INSERT INTO post_category VALUES(244,2039198164657133116,1,1588835220000,'/3');
INSERT INTO post_category VALUES(244,2039198164657133116,1,1588343880000,'/1');
INSERT INTO post_category VALUES(244,2039198164657133116,4,1592158620000,'/19');
INSERT INTO post_category VALUES(244,2039198164657133116,4,1591463520000,'/15');
INSERT INTO post_category VALUES(244,2039198164657133116,4,1591287540000,'/14');
INSERT INTO post_category VALUES(244,2039198164657133116,4,1590896940000,'/12');
INSERT INTO post_category VALUES(244,2039198164657133116,4,1590620340000,'/11');
INSERT INTO post_category VALUES(244,2039198164657133116,4,1590146460000,'/9');
INSERT INTO post_category VALUES(244,2039198164657133116,4,1588379160000,'/2');
INSERT INTO post_category VALUES(244,2039198164657133116,5,1592158620000,'/19');
INSERT INTO post_category VALUES(244,2039198164657133116,5,1591463520000,'/15');
INSERT INTO post_category VALUES(244,2039198164657133116,5,1591287540000,'/14');
INSERT INTO post_category VALUES(244,2039198164657133116,5,1590896940000,'/12');
INSERT INTO post_category VALUES(244,2039198164657133116,5,1590620340000,'/11');
INSERT INTO post_category VALUES(244,2039198164657133116,5,1590146460000,'/9');
INSERT INTO post_category VALUES(244,2039198164657133116,5,1588379160000,'/2');
INSERT INTO post_category VALUES(244,2039198164657133116,6,1593404640000,'/27');
INSERT INTO post_category VALUES(244,2039198164657133116,6,1593401040000,'/26');
INSERT INTO post_category VALUES(244,2039198164657133116,6,1593397440000,'/25');
INSERT INTO post_category VALUES(244,2039198164657133116,6,1591713720000,'/18');
INSERT INTO post_category VALUES(244,2039198164657133116,6,1591691460000,'/17');
INSERT INTO post_category VALUES(244,2039198164657133116,6,1591580520000,'/16');
INSERT INTO post_category VALUES(244,2039198164657133116,6,1589705460000,'/7');
INSERT INTO post_category VALUES(244,2039198164657133116,7,1593404640000,'/27');
INSERT INTO post_category VALUES(244,2039198164657133116,7,1593401040000,'/26');
INSERT INTO post_category VALUES(244,2039198164657133116,7,1593397440000,'/25');
INSERT INTO post_category VALUES(244,2039198164657133116,7,1591713720000,'/18');
INSERT INTO post_category VALUES(244,2039198164657133116,7,1591691460000,'/17');
INSERT INTO post_category VALUES(244,2039198164657133116,7,1591580520000,'/16');
INSERT INTO post_category VALUES(244,2039198164657133116,7,1589705460000,'/7');
INSERT INTO post_category VALUES(244,2039198164657133116,8,1591018020000,'/13');
INSERT INTO post_category VALUES(244,2039198164657133116,8,1590180900000,'/10');
INSERT INTO post_category VALUES(244,2039198164657133116,9,1591018020000,'/13');
INSERT INTO post_category VALUES(244,2039198164657133116,9,1590180900000,'/10');
INSERT INTO post_category VALUES(244,2039198164657133116,10,1590142140000,'/8');
INSERT INTO post_category VALUES(244,2039198164657133116,10,1589415240000,'/6');
INSERT INTO post_category VALUES(244,2039198164657133116,11,1590142140000,'/8');
INSERT INTO post_category VALUES(244,2039198164657133116,11,1589415240000,'/6');
INSERT INTO post_category VALUES(244,9022198632300542492,1,1593096780000,'/22');
INSERT INTO post_category VALUES(244,9022198632300542492,1,1592896920000,'/21');
INSERT INTO post_category VALUES(244,9022198632300542492,1,1592443140000,'/20');
INSERT INTO post_category VALUES(244,9022198632300542492,1,1589013180000,'/4');
INSERT INTO post_category VALUES(244,9022198632300542492,2,1593096780000,'/22');
INSERT INTO post_category VALUES(244,9022198632300542492,2,1592896920000,'/21');
INSERT INTO post_category VALUES(244,9022198632300542492,2,1592443140000,'/20');
INSERT INTO post_category VALUES(244,9022198632300542492,2,1589013180000,'/4');
CREATE TABLE alias (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    post_key  TEXT    NOT NULL,
    PRIMARY KEY (shard, source_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE tombstone (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    entry_id  TEXT    NOT NULL,
    gone_at   INTEGER NOT NULL, categories TEXT,
    PRIMARY KEY (shard, source_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE edit (
    shard        INTEGER NOT NULL,
    source_id    INTEGER NOT NULL,
    key          TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    title_before TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    PRIMARY KEY (shard, source_id, key, at)
) STRICT, WITHOUT ROWID;
INSERT INTO edit VALUES(244,2039198164657133116,'/20',1795726534670,'[Docker] 이미지 레이어 #20: 기본 이번 을 대로','[Docker] 이미지 레이어 #20: 기본 이번 을 대로 (수정)');
INSERT INTO edit VALUES(244,9022198632300542492,'/20',1795726542713,'[Docker] 이미지 레이어 #20: 기본 이번 을 대로','[Docker] 이미지 레이어 #20: 기본 이번 을 대로 (수정)');
CREATE TABLE outbox (
    id          TEXT    NOT NULL,
    shard       INTEGER NOT NULL,
    source_id   INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    key         TEXT,
    channel     TEXT    NOT NULL,
    text        TEXT,
    owed_at     INTEGER NOT NULL,
    place       INTEGER NOT NULL,
    not_before  INTEGER NOT NULL,
    lease_until INTEGER,
    attempts    INTEGER NOT NULL DEFAULT 0,
    error       TEXT,
    sent_at     INTEGER,
    dead_at     INTEGER, message TEXT, rule TEXT, waited INTEGER NOT NULL DEFAULT 0, seen_at INTEGER,
    PRIMARY KEY (id, shard)
) STRICT, WITHOUT ROWID;
INSERT INTO outbox VALUES('2d08e32b48df701def1e399056d47add',244,2039198164657133116,'post','/27','note',NULL,1795726542816,2,1795726542816,NULL,1,NULL,1795726543731,NULL,'2d08e32b48df701def1e399056d47add',NULL,0,NULL);
INSERT INTO outbox VALUES('8bf5a989ee27876c806e11c635f63c1b',244,2039198164657133116,'post','/25','note',NULL,1795726542816,0,1795726542816,NULL,1,NULL,1795726543729,NULL,'8bf5a989ee27876c806e11c635f63c1b',NULL,0,NULL);
INSERT INTO outbox VALUES('b94fae132bb87d780190e975edd3b39e',244,2039198164657133116,'post','/26','note',NULL,1795726542816,1,1795726542816,NULL,1,NULL,1795726543730,NULL,'b94fae132bb87d780190e975edd3b39e',NULL,0,NULL);
CREATE TABLE feed (
    shard             INTEGER NOT NULL,
    feed_id           INTEGER NOT NULL,
    source_id         INTEGER NOT NULL,
    kind              TEXT    NOT NULL,
    category          TEXT    NOT NULL,
    path              TEXT    NOT NULL,
    urn               TEXT    NOT NULL,
    version           INTEGER NOT NULL,
    published_version INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    posts             INTEGER NOT NULL,
    archived          INTEGER NOT NULL DEFAULT 0,
    published_pages   INTEGER NOT NULL DEFAULT 0,
    announced_version INTEGER NOT NULL DEFAULT 0, chosen INTEGER NOT NULL DEFAULT 1, rechosen_at INTEGER,
    PRIMARY KEY (shard, feed_id)
) STRICT, WITHOUT ROWID;
INSERT INTO feed VALUES(120,7653704899484056440,-1,'merged','both','_merged/both','urn:uuid:3a90fdf3-7aa5-516f-8ee8-204faad3d518',6,6,1795726542713,27,0,0,0,1,1795726534651);
INSERT INTO feed VALUES(244,1208457586143555128,2039198164657133116,'category','Language','blog/language','urn:uuid:93af1ba6-de5c-5fa4-845f-75dbbcfbedbf',1,1,1591018020000,2,0,0,0,1,NULL);
INSERT INTO feed VALUES(244,1236898375500757471,2039198164657133116,'category','Big Data','blog/big-data','urn:uuid:b75657bb-c3fd-5bfc-88a2-47546ab80402',2,2,1593404640000,7,0,0,0,1,NULL);
INSERT INTO feed VALUES(244,1905199076868426586,2039198164657133116,'category','일상','blog/일상','urn:uuid:99d81875-4162-5b1f-8522-064eca97afcd',2,2,1593358440000,4,0,0,0,1,NULL);
INSERT INTO feed VALUES(244,2321373763144359407,2039198164657133116,'category','Big DataKafka','blog/big-data/kafka','urn:uuid:b2a06092-71a4-5dfd-bb06-30936190794a',2,2,1593404640000,7,0,0,0,1,NULL);
INSERT INTO feed VALUES(244,2632451210345954958,2039198164657133116,'category','DevOps','blog/devops','urn:uuid:f54e1454-4e90-540b-a06b-757ad984bdb3',2,2,1593096780000,0,0,0,0,1,1795726534651);
INSERT INTO feed VALUES(244,3506446341379749941,9022198632300542492,'all','','gone','urn:uuid:6caf00f5-966e-54ff-b75a-774e9317d759',2,2,1795726542713,4,0,0,0,1,NULL);
INSERT INTO feed VALUES(244,3986557993033602448,9022198632300542492,'category','DevOpsDocker','gone/devops/docker','urn:uuid:0d5c6d38-a628-576d-8448-1caa2b965262',2,2,1795726542713,4,0,0,0,1,NULL);
INSERT INTO feed VALUES(244,4337025809244020341,2039198164657133116,'all','','blog','urn:uuid:b5a62b1b-e713-55b8-bed2-5449d9d331f4',3,3,1593404640000,23,0,0,0,1,1795726534651);
INSERT INTO feed VALUES(244,4740526675136588982,2039198164657133116,'category','CS','blog/cs','urn:uuid:1324d27a-4fff-57db-a8fc-74603857f0cd',1,1,1590142140000,2,0,0,0,1,NULL);
INSERT INTO feed VALUES(244,4900123398453887947,2039198164657133116,'category','DevOpsDocker','blog/devops/docker','urn:uuid:6ede1f90-b207-56b8-b474-52481edfb30f',2,2,1593096780000,0,0,0,0,1,1795726534651);
INSERT INTO feed VALUES(244,5845663994133151960,9022198632300542492,'category','DevOps','gone/devops','urn:uuid:cb893508-92b5-5a3f-a477-a820778bf20a',2,2,1795726542713,4,0,0,0,1,NULL);
INSERT INTO feed VALUES(244,6097462493343789232,2039198164657133116,'category','CSOS','blog/cs/os','urn:uuid:5cce2126-6761-5fea-b42b-3430fddf4a6e',1,1,1590142140000,2,0,0,0,1,NULL);
INSERT INTO feed VALUES(244,6896756333813563829,2039198164657133116,'category','FrameworkSpring','blog/framework/spring','urn:uuid:85bd179e-2c30-52ed-94c5-77607b3f623a',2,2,1592158620000,7,0,0,0,1,NULL);
INSERT INTO feed VALUES(244,7165887144820134509,2039198164657133116,'category','Framework','blog/framework','urn:uuid:e0fca05e-8d30-53a0-a1cc-75d6ad8c80fc',2,2,1592158620000,7,0,0,0,1,NULL);
INSERT INTO feed VALUES(244,7763009401998353433,2039198164657133116,'category','LanguageJava','blog/language/java','urn:uuid:b58164bf-8661-5f6a-91a0-949309f648f7',1,1,1591018020000,2,0,0,0,1,NULL);
INSERT INTO feed VALUES(244,7876163780478258997,2039198164657133116,'uncategorized','','blog/_uncategorized','urn:uuid:6c35baf0-ed75-5df8-88e4-281bc6f317f0',1,1,1593393840000,1,0,0,0,1,NULL);
CREATE TABLE archive_page (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    feed_id   INTEGER NOT NULL,
    page      INTEGER NOT NULL,
    content   BLOB    NOT NULL,
    PRIMARY KEY (shard, source_id, feed_id, page)
) STRICT, WITHOUT ROWID;
CREATE TABLE archived_post (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    feed_id   INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    page      INTEGER NOT NULL,
    updated   INTEGER NOT NULL,
    PRIMARY KEY (shard, source_id, feed_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE page (
    shard         INTEGER NOT NULL,
    source_id     INTEGER NOT NULL,
    url           TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    category      TEXT,
    declared      INTEGER,
    etag          TEXT,
    last_modified TEXT,
    digest        BLOB,
    read_at       INTEGER,
    not_before    INTEGER,
    resume        TEXT,
    PRIMARY KEY (shard, source_id, url)
) STRICT, WITHOUT ROWID;
INSERT INTO page VALUES(244,2039198164657133116,'http://127.0.0.1:8189/category/%EC%9D%BC%EC%83%81','category','일상',4,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,2039198164657133116,'http://127.0.0.1:8189/category/Big%20Data','category','Big Data',7,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,2039198164657133116,'http://127.0.0.1:8189/category/Big%20Data/Kafka','category','Big DataKafka',7,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,2039198164657133116,'http://127.0.0.1:8189/category/CS','category','CS',2,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,2039198164657133116,'http://127.0.0.1:8189/category/CS/OS','category','CSOS',2,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,2039198164657133116,'http://127.0.0.1:8189/category/DevOps','category','DevOps',4,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,2039198164657133116,'http://127.0.0.1:8189/category/DevOps/Docker','category','DevOpsDocker',4,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,2039198164657133116,'http://127.0.0.1:8189/category/Framework','category','Framework',7,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,2039198164657133116,'http://127.0.0.1:8189/category/Framework/Spring','category','FrameworkSpring',7,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,2039198164657133116,'http://127.0.0.1:8189/category/Language','category','Language',1,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,2039198164657133116,'http://127.0.0.1:8189/category/Language/Java','category','LanguageJava',1,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,2039198164657133116,'http://127.0.0.1:8189/rss','feed',NULL,NULL,'"QS0JIx3IvBZ_"',NULL,X'01580cd223d6792a954b236a740de304',1795726534670,NULL,NULL);
INSERT INTO page VALUES(244,9022198632300542492,'http://127.0.0.1:8189/category/%EC%9D%BC%EC%83%81','category','일상',4,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,9022198632300542492,'http://127.0.0.1:8189/category/Big%20Data','category','Big Data',4,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,9022198632300542492,'http://127.0.0.1:8189/category/Big%20Data/Kafka','category','Big DataKafka',4,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,9022198632300542492,'http://127.0.0.1:8189/category/CS','category','CS',2,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,9022198632300542492,'http://127.0.0.1:8189/category/CS/OS','category','CSOS',2,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,9022198632300542492,'http://127.0.0.1:8189/category/DevOps','category','DevOps',4,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,9022198632300542492,'http://127.0.0.1:8189/category/DevOps/Docker','category','DevOpsDocker',4,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,9022198632300542492,'http://127.0.0.1:8189/category/Framework','category','Framework',7,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,9022198632300542492,'http://127.0.0.1:8189/category/Framework/Spring','category','FrameworkSpring',7,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,9022198632300542492,'http://127.0.0.1:8189/category/Language','category','Language',2,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,9022198632300542492,'http://127.0.0.1:8189/category/Language/Java','category','LanguageJava',2,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES(244,9022198632300542492,'http://127.0.0.1:8189/rss','feed',NULL,NULL,'"Qk48YGkY0D3s"',NULL,X'336df818704f6ee8789a825268250722',1795726520575,NULL,NULL);
CREATE TABLE robots (
    shard      INTEGER NOT NULL,
    origin     TEXT    NOT NULL,
    status     INTEGER NOT NULL,
    body       TEXT    NOT NULL,
    fetched_at INTEGER NOT NULL,
    PRIMARY KEY (shard, origin)
) STRICT, WITHOUT ROWID;
INSERT INTO robots VALUES(244,'http://127.0.0.1:8189',200,replace('User-agent: *\nDisallow: /owner\nDisallow: /manage\n','\n',char(10)),1795726496442);
CREATE TABLE recipe_history (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    recipe    TEXT    NOT NULL,
    reason    TEXT    NOT NULL,
    undone_at INTEGER,
    PRIMARY KEY (shard, source_id, at)
) STRICT, WITHOUT ROWID;
CREATE TABLE note (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO note VALUES('event log','e52012684433');
INSERT INTO note VALUES('published-from','2 - http://127.0.0.1:7878/ [Rss, Atom, Json] 50 /tmp/dump/feeds');
CREATE TABLE token (
    name    TEXT    NOT NULL PRIMARY KEY,
    digest  BLOB    NOT NULL,
    made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO token VALUES('phone',X'398a31d4e153cce016e94afc2d07f13c19d941310d908b97d82e939361e60019',1795726544000);
CREATE TABLE post_label (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    kind      TEXT    NOT NULL,
    label     TEXT    NOT NULL,
    listed_at INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    PRIMARY KEY (shard, source_id, kind, label, listed_at DESC, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE merged (
    merged_shard INTEGER NOT NULL,
    feed_id      INTEGER NOT NULL,
    id           TEXT    NOT NULL,
    definition   TEXT    NOT NULL,
    removed_at   INTEGER,
    PRIMARY KEY (merged_shard, feed_id)
) STRICT, WITHOUT ROWID;
INSERT INTO merged VALUES(120,7653704899484056440,'both','{"id":"both","sources":["blog","gone"]}',NULL);
CREATE TABLE merged_source (
    shard        INTEGER NOT NULL,
    source_id    INTEGER NOT NULL,
    merged_shard INTEGER NOT NULL,
    feed_id      INTEGER NOT NULL,
    PRIMARY KEY (shard, source_id, merged_shard, feed_id)
) STRICT, WITHOUT ROWID;
INSERT INTO merged_source VALUES(244,2039198164657133116,120,7653704899484056440);
INSERT INTO merged_source VALUES(244,9022198632300542492,120,7653704899484056440);
CREATE TABLE merged_post (
    merged_shard INTEGER NOT NULL,
    feed_id      INTEGER NOT NULL,
    listed_at    INTEGER NOT NULL,
    key          TEXT    NOT NULL,
    shard        INTEGER NOT NULL,
    source_id    INTEGER NOT NULL,
    entry_id     TEXT    NOT NULL,
    shown        INTEGER NOT NULL,
    PRIMARY KEY (merged_shard, feed_id, listed_at DESC, key, shard, source_id)
) STRICT, WITHOUT ROWID;
INSERT INTO merged_post VALUES(120,7653704899484056440,1593404640000,'/27',244,2039198164657133116,'urn:uuid:f06a191f-ba7e-5bdd-b960-807dcb8f319e',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1593401040000,'/26',244,2039198164657133116,'urn:uuid:8ebfb75c-8afc-5265-bca6-bba683984333',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1593397440000,'/25',244,2039198164657133116,'urn:uuid:4919e0e6-3dee-5fb5-90ef-9646408b506c',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1593393840000,'/24',244,2039198164657133116,'urn:uuid:afdc9e32-af7f-5d85-a4f5-589509c8a416',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1593358440000,'/23',244,2039198164657133116,'urn:uuid:3ca7dfaa-6990-56a5-bc4d-7774c55589d9',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1593096780000,'/22',244,9022198632300542492,'urn:uuid:8fd61c69-ae82-5e04-a9d3-97160c824472',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1592896920000,'/21',244,9022198632300542492,'urn:uuid:40768410-392b-513e-8590-f71015a36b1d',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1592443140000,'/20',244,9022198632300542492,'urn:uuid:d5613153-83d7-5bbc-8856-bd60450d4976',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1592158620000,'/19',244,2039198164657133116,'urn:uuid:c25a2fe8-14dd-54f1-8359-2d111c28c13f',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1591713720000,'/18',244,2039198164657133116,'urn:uuid:57780d35-824f-5bc2-b6f8-ab4b80127609',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1591691460000,'/17',244,2039198164657133116,'urn:uuid:69fa5928-c4f2-5f21-82bf-370dd041914a',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1591580520000,'/16',244,2039198164657133116,'urn:uuid:b0cdb8b0-1d07-5ab9-979b-fa25194a8ab1',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1591463520000,'/15',244,2039198164657133116,'urn:uuid:5713de65-b7a4-504d-8a27-d8d6616ebb3b',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1591287540000,'/14',244,2039198164657133116,'urn:uuid:b7836698-4ccb-56eb-8500-e0140946ef79',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1591018020000,'/13',244,2039198164657133116,'urn:uuid:3f258f80-257a-5ac2-a950-c4af4c20d5b9',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1590896940000,'/12',244,2039198164657133116,'urn:uuid:ba109bde-6c88-5375-a695-74c56c9628a3',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1590620340000,'/11',244,2039198164657133116,'urn:uuid:5092a805-19f9-5303-8760-030181e42bdd',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1590180900000,'/10',244,2039198164657133116,'urn:uuid:e30ed33c-1248-5f62-87cb-36836b52503e',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1590146460000,'/9',244,2039198164657133116,'urn:uuid:3d6ef501-99a1-51d6-9067-7b84ad126e99',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1590142140000,'/8',244,2039198164657133116,'urn:uuid:c280645c-dea4-5364-acb3-5e12da955388',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1589705460000,'/7',244,2039198164657133116,'urn:uuid:bf38ed45-e766-561e-bed2-ed21bfda2148',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1589415240000,'/6',244,2039198164657133116,'urn:uuid:29abddc9-75a8-5c1c-b389-84ef4fb4bca6',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1589304000000,'/5',244,2039198164657133116,'urn:uuid:c14ca917-4a61-51c7-ab43-5e290e58a223',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1589013180000,'/4',244,9022198632300542492,'urn:uuid:f51c825a-1961-55b8-be51-8d953fd0361d',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1588835220000,'/3',244,2039198164657133116,'urn:uuid:2020c386-b5e6-5da4-9665-9ca07f2add74',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1588379160000,'/2',244,2039198164657133116,'urn:uuid:d85e5dd5-cddc-5f9e-8958-324f5cc57ebd',1);
INSERT INTO merged_post VALUES(120,7653704899484056440,1588343880000,'/1',244,2039198164657133116,'urn:uuid:bbfaf776-8c3a-553e-b5de-4ce9660fb439',1);
CREATE TABLE post_text (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    read_at   INTEGER NOT NULL,
    content   BLOB    NOT NULL,
    PRIMARY KEY (shard, source_id, key)
) STRICT;
INSERT INTO post_text VALUES(244,2039198164657133116,'/24',1795726520681,X'28b52ffd600c039d0d00f20f362d80b7e9c945511c1cea71fb7c080c8a188fe5dc8bb4d64d686d50f4c775e3bfa9dc645806cd3d041de89fc5a8808b06400125973e597c73aa58164ef71574ac2c767585d987f7a43bd349271df8aae0b09a61082c31a1a1ca19c6c0c26d72d280ea46dd4139c9205d079ed2d0d1ac08b736a83b7d1e6774994a5da533d310042c1ca92c3bcc7265d91a5dae32021e369a3eed787a02696ed3db41d348739cc728cd551e938fa6cb503e4e3a8be7461d7a74b6706ef21096e5369f3934438f8ee6b3cb7222426e85afa04ecccbd6ab39ba3fc9d9c92f1a4564a8719222190a0a0a9282a43510128210837b1180188a5347446a33fa082d18bb0a49924dc1af449f06a085552b62c06ea88d2ddb222631ef9723670250922ed10b68fcc7a06028748cbc378f0661ca86a094f5815692ec9b61880905c09c9391384e6785d968cd262e4eee1336fee8f8b81924de9f8862775e9704474d465bf5920d3b64c3ec2bd6bbf11a551c1c0805ddc41d5ce21c49402a881bd142cdfd093611a39e91f34b5a52ac6b64d03d62a25ac372cbeb379c7b8cad47d15c15f128d41b2e9894f58c724b3e6fba7f85512f322bcd53022f7f');
INSERT INTO post_text VALUES(244,2039198164657133116,'/23',1795726520681,X'28b52ffd606c01dd0900620d2e2b8039e9896760ee9a9fb1c9b7f880df712ce71eea6dc6c49663817fe60d5a09d781c1ac1a10e48ac626e8208c256091242b02a513e50c2562a77c8e245965fb4a1c9053bbc4c3cd2d7c38eed44742337527f2d42b0fbdee2b325f73093594ac71614683ab833842af79908e900b2c0403005ab01e1baeccd3d139680659577be4f09a669a9e345a1d77a6ce98e41e41b42a8656b7130f2fc954b75355bb8235665c878f56248556b6d35d565ad73d8258d9a42376c6b20839a8810e4d2037414192a43110126290c41d1020c69c99e12dbc297b225c0221b2352990453c9ef17840eab06477dc66baacbc4a200d0451adcc31381e6188fc7004a613e1d1779de2595808eaa61133886c94ca28572cf2f8dcefde12129d8bb8aefc0cf4ae1f94a53f0b4ebd1c5b163fcd6a77dc9e92ce6910d1e09f02b92a');
INSERT INTO post_text VALUES(244,2039198164657133116,'/22',1795726520681,X'28b52ffd60ab01250a00824d2f2d8037cd01e9333077ba70482c7f88181d184fcd4eecfeb61df83642f4e75b3ff54be18926308320125acb26e8200d07004319f4025421cc3516ca7c5fad2eb7996969d2c94d1aa196d097e1a7865e6e035173f426ea2943a3736eeac9822a233c1dfcbc34043b8bf4047e21ec32e1eb2ccd04fd48daa94f2a0947a9925d7a3ab11cfd91f4a4f06d302ddf77f1085038847e22be78082896dbf7c2d00b7ed5fb4a182a5765951a9d2fbf3f60e81e4874a3d38dd30eabee828fea0d07233da8a1068882a9a0b56bcc0130428394a4071020a324db26c301f64cac08b9630fb3cd8c0e922807be8b7aa64c94ab30f8492cb59e269ca0857667c7e86ebcaa43bd7deec52ba5827b4b6f957c717f2161f7f4e063fa2ba5b3e195c325b2d0ce006cdd259271bf773b8da3935b50cec05f5bafd48aea8eeffdfe27770a3c4eb138ffced5');
INSERT INTO post_text VALUES(244,2039198164657133116,'/21',1795726520681,X'28b52ffd60f201c50a00d28d2f2c80b7e9c945511cf80807a5cf87c0a040f3af732fd2dadf878631908cdffa8541b75314cb7af4c04b588c0a088b054001e1ee18cd0e7aa228b7ca30e2687e9c89ab80c105ff40d165c69d1594e7a8ec3e3dad1048bda43752c7474ec244d9a032235e4e9ac1854765dc57fc6ce825e9c6b6a43f8d9e92a7d18f1d01f29d30748bdf0531fcc68a72d52fd2f33d625f59f524e9062c0302896df1b3a21b41510755f6d7ac846f505d07a991f365f091d38dd30eadee6b751dfc947cb1280246a8610685a62c4c52b730062002421073ea011020a45872738288589c7b5d869f2b2003d520a0f8da7fc5104105b3d79d464d6c21ac3630117d3124054f9bca941155440273fbd20a5a84899cddad089d26343d4994214c4a9d9a69c3c61eac80c96c578bb1694fdcc68a25674011cee56521417f9091d106224fc6047682414c6c19d87e15944b7599a6c7d7a5fe3baec761ffa31435');
INSERT INTO post_text VALUES(244,2039198164657133116,'/20',1795726520681,X'28b52ffd60e1020d0d00e28f362e80b7e9c945511c1cea71dbd7203028d0fceb7cceee771392515c341b7ef12f5331856518236c1074a07f16a302028a0540a24a17a1a0e679d97a41e89c6c07d093cf2a6f30d2cfac08b73a204a4d5da7069d74d4b255ba3ca5a7a023b50cd167be4e6fcce8d1d1fd993448b7558f1e9d550caa6ed59d0abb9a62b6591004308c88925bdf69d408ca49f3d9f5f0fe1c6d5968699e23a5b3787691e6369f313437cc729cc72c7db1ec83979bbc83659982b403698aa4b961083031a1a3cb1bc600a330ddc63b3b56577976f2dce039ba47e7fc2697825cb148045da891124a40d3d6da38101c841cdc03102084985292e16c812e3145dc28455392dc5f081be30ad650b37218e39e2390bd6cc590fdc4353bf03206c039cc6b5f2597ac31c52faf5d60c5c5bce68a682c20b5c4c4e882b2fd18ff5cac1c68c81ad00a101e45305b1ee0035445138ffd4656dd5a24da48811e20503e6638862b9b9740e00d41ef2d8a22479dbb9810c5391a9d66d0940d5880ecb7903fba315e47a1f3b33b45842231230cadb9641fa2d2e161fc439dc163c0d4b807937145aa93e0f8a50a');
INSERT INTO post_text VALUES(244,2039198164657133116,'/19',1795726520681,X'28b52ffd60d801ed0a00720e322e70b7cd01c9ffff4f09c9976971aa4cf56956a2b07d5bd37f43b5718124b1f12c6c401350851f257a0810ffff9b018c0560c1bcd385787799553bdb8c9a464efeb2ec74c8d1d76421085058d11050a042431157340614261d42597ea4e4d12cdde517b9ada97a425a42438e86ed4fe41c51d927dd177f4d5e219a1f838694e5047c5cfa4e419d68f12cfea1b2343a23cfb01d364cfe6a68aef14eba4c112e2d38d3788692bee0595a965a5dada6aa65283f9df3c1d46c7a33354fa71ba71ddc6586e832ef8c651142a8914a954c294a510acb0110128398c31b102884d04d9a0e57083cf9609117ed4614531b64fa2b75fbb8e806e39deaa3062b75cfae386ca2b4f7d027ae0701dbd40b5218e70be846b6a139bedb9bcf213fcb9ee4926310ca0861e61486440df3226f82c95fdffd06cc38d81451d0d9142f70595a864f7e5885aa0c08758b4e22c55bb0fe4c05dc7f11913e47459d86ab02');
INSERT INTO post_text VALUES(244,2039198164657133116,'/18',1795726520681,X'28b52ffd600002550b0082cf342d80b7e9c945511c1ce071fb7c884108db799d7b91d6f6526042c636f437fe9bca4d8665d0dc43d081fe598c0a080b064091888f5be1aba81398fc9b2e57845b1b91a39b930b4340890a1d457c610c280cd26d20754ece4943bfd9a8478ece24f481904b9f53a9abf426ff605907010f1bfd2e54d0b1b2065437ea0ed50b4310a03034cf95656b4273956d7af3d965db41739b20c879beebf02e63575798e52abd99e706be2e9ca37b744e9f769e8e3c9a1dabab3c43f94cf279d97a35c7874d9a9d3cc74867f11c6159385d8ef3f4f982510440a811922341e16841698d3110128210943d101886ac664ad20199d0b300cc00642dd494c1e29056073390ef8e31f743b2f639a811c8e62f7718ee80b8e78e5982b07a7e356acceaacf9257863cecdca86a300272154ea501decea5ad49be3dd4c6a8802c1a5d4d21d6d6deb5295b0f264de5733e317a334c61f4d62a95408e7a67dd1c0eb0f4c226a921c8eaad47f9a68765c0d');
INSERT INTO post_text VALUES(244,2039198164657133116,'/17',1795726520681,X'28b52ffd603902c50b00928f352f7069d301c9d3ff3f9122c06d14d540b57e35535791edef2534ab26d614b0fa5bd68a7e2000e0d8c575813eaa2a9e018c066011d1d06f324cd781d8d5559b1850dda83f543b8945f48b0a3a56b61d3494cf2a4c4310b0b0930e7c5d78956d3e7388f3147209cd4d1ec2aa52021e3aba22dcea387598fc9bdc79d97ab522426e85afa4567065d9fa6e7cce34d20fefb2f468f748728e94cee23952597eacaef2ece4b94e77e6f9cd6797650af5033505d2cc340496a8d0d2c499c6c0c2f15da653d7e91ccd73c32c37ead2a3b3ca194a2e85ce68160148a8914a8d944debb1672042223014f301119020a8b19a9a02b51d1a518689ea182252340f9b5f2f9092ccca66ff5262c23fd00bf8a86d6bf2b89dd4ea7c87d7682a19c6d9826f3f711d39adec84251996e8f89e71e39ae72bb87c22990b79a655933b46a45a62fe9dd647362515c383bad9f0fc117f9cfa3102e09cc0bb0d8bba6931684c64862d6c17410341cc26537aa901ba90fe4a342f84fc54f6ad02');
INSERT INTO post_text VALUES(244,2039198164657133116,'/16',1795726520681,X'28b52ffd60b102dd0c00a20f352d80b7e9c945511c1cea71fb7c080c0a34df9fefd0a25e0a6a42c4b7e117ff3295990ccba0b987a003fdb31815100b0640f1a69b87c0ec96595e18028a54e868f28531a0504f257595aa9bb4ac2fcd3658d779e8cdbb699ebe8476e839219f5be3afa8138e7e73903434a4af08b73a4e3d6e3a4b78e3fc16891e4da1a4d724cdce7af4e82d7277005d962fcc5678599b87503fc0cb4e41cbcbcae60ce9ab77769ae52abd41cf0cd26d44ae20dd403a223e3abad2ccd6acdf3ccb7767e16c60b5b3de58cd0b4310a0b0a47a93e70966e374178c225ca891924d30a5a4a42059d620024208637b031018c664499a0e4c132819e834b051dc0ddad1d930df8a46d617ba2848157aeb50549f900d6d9ab2b131e930882f78182945b6486628f4a38c59e14aefe9d01f20fe0d98dbe27cdedab9443bf5bfd4eeab2085be2d037374665c6f585d19026b181fb7d5a618899fbb4c43b89b489ae4d69e005674472723d09a64e631682fc660c043e0d4c06aefbb0f30c9ed08528c4e4ca5f8928afb9654412ae1cf3f4b4350aaecc9f417d4c9ecbfd3b35cdaee5601');
INSERT INTO post_text VALUES(244,2039198164657133116,'/15',1795726520681,X'28b52ffd60e3028d0c00e20e312a9037e9c9aa2a1e4737681360b92ac2687273edf76eb4ad356145047cabe541eaf0eed25cddb96a63e7728b25405199da5a0869849e071d4639e512cdb1913d826862bd43a5dcbba4a87cd38c93fb83342106dad49fc8cd48deb047859bb95716eee7ddd1fd29d016cd4abbdb449903b54a503340dbb09b919345163a377ce8c4a11658080600acdc5beb88b091713fa2a91c043b63a8290dbade2369c6b56e481add2ddd97641d214d265937f5d6b823f4e6dd72d2484e43471b8e3aac755bbb58140161a8e18e25529424a56133101262983a3d1018c5988d34c9700e17b44d908ad20046862a1215bc9e8401ec9f8a6ff21a8dc2d714964089aac24399775b412e5a8663b3ab98660ab9a889d12fe3d2546a5d8992ea09010000a9b1f57a2f15c8942328b7b2bbcfa95c097faacca00d29dd2ea25f4a1510d887cbf915ad73b0da3c9ef4b64e91c318223a533addc3c21d871a7038ba294b60b6186d73865b6c95f9d61acf86276371822e0e3b3affb3d9fbf4cbb884003c107ad1ac937566981b804d65ccfd7cd2c0a35005');
INSERT INTO post_text VALUES(244,2039198164657133116,'/14',1795726520681,X'28b52ffd6019036d0d0012cf322aa0a73989ff5fd0dd7d26c7d27effd740a6043e91b616ec96f74f4d1c298d42a3f57fd36e22f86854c51a8a2420d12493fe61f80571bc358ea36b399dd6f0abcd7f31388b14f89df04d2262a336fce971c44616fcf144d17e75a1a34e262e5cd1ae98451b7a85ad885bf25f547742ded0af025415c8ff307ca1bc7934dc1578b42a9f2ceaf8aa283b78a0288cea3642ed058b7ee3c3afe84cd4013e5cf8b69c8eef647c61bce1d58ded9de357202118005828ff82ac81e44cfa45f2c73fdb6f93bf917f32bff1554592086ba8618e64320a928252963120426214c3ec1020a5d4d1341d0a0c892de56d2284d1e23487b1154739d48951d58a04d32dc8266b5daa53d92a73c0c929adc59b81806eab1379c30ea8e0707767f3472009163e3b23f9c280c3935505625f2b9a83e3d0ef6428e6401e3fabd5cde40f60ddd6ce74244db8c0c1cc6479195acf2a18de85ba0d94da3f808dd25b1564c386e7e0f21ab8e0fdc664623f71d9b0c8a8daa17400fad068bc8c15999c229553120608c1cfb8489c4d3c9ffb0349a839b4705ded9ec34406c7d4f349c43cad74d08e464c3498bd09825d9d501f97ab06');
INSERT INTO post_text VALUES(244,2039198164657133116,'/13',1795726520681,X'28b52ffd60e801dd0a0002cf322c90a7e9c9aa2a3618d76dd0f2fffba3667273ed93b5bdf4f8c17cb2e2ab69dd248cc6fd9fdb4245c9a9bb41088a0591884d93da7cd6d00eeff233a76e068d5d5d615659060012ea34dac98865a174e33c066966e0abc2193a2e75ee649c3a8be7679e1babab3c37cc661726ffa4fbe6a95b882e030fe5b3078dba46e71a9d99e787a063d5a8438cce1ee7f92e75ba717a3a501601494c6828726521907001d58d7a4335438c8eee8fe3ece4d9359a210cfde6b949e726ff60599e97ad57334265b9b26c7d97e3bb8a251142a8910628aa0cca48a5ed20426214753e102084289a71c6b7042084df60b336295f49a00f2d56cc14ab96f83ace1d25c0276bf8b70f100741398a78c817d17b007b8a58c05be0bd112074a358a067cbf8541bdf2128dc5aafde6dbcb8a1fead4c0770ec43e8487f1934f4b197a1723ab751557a8a9d689cada11d998b5719ad95fd1aad0ad6a43dcbaf0ce155');
INSERT INTO post_text VALUES(244,2039198164657133116,'/12',1795726520681,X'28b52ffd60b4000d0800028d2c2a90a7e9e9d8dd9a8e43dca6e14a82083accb54fd67662865cbfadf8d5df4ecae0cc08ebeace1591992e048a2420f11c5e085e060512820100e429d4e92e1d238cd8aa6b5467e165902169d3f82aee73e1b54a59567441157c836a13e782be079297f44572c4c4570f5ed29d851f0c11137550dd05ef305139d1d9ea363c5571df65f2637fcb13bc137e19fccee74afcb6f8887d5745a3c7f3f9468a4ecafb1c7ebc6fc478610ce1ee0abc8d819fa48a24111f281024c4600f1028c3d0da6a3ad2b376d767357df7da143160df9c0cad1f30e930f320c3e784c1afe9833ba14a1fd8165e3336f08a4c3f767c45bdcd1d0e3b02b0fec15d860b7337d55b06');
INSERT INTO post_text VALUES(244,2039198164657133116,'/11',1795726520681,X'28b52ffd609701250a00f20d302c9037e929fdff02810fb4167cfeff0fcd38ccb5dfbb91a547465121b565aedad2067fdedd690470d9b4babb840d0700632278592488bca2b7c8193094aa75168f00054cf013f1c54340b1133285606307a606954660fbcaa9a293d791df049c54fa2e3d4e5826d255f915ef80a9587c943a9b6fc398c647e215fd9198bab03b942f850e915f055ee8ea66e25da5d2f885bc5385174f5dbe99c952a6da55a1a66a1f16ec248b87787f11ef6cdc1a37b8ba4e7eb2ef92a718bcd0620abee1600438a89106c60291404b0b0a85610d2002421444e8031020c35c15a739d9e14a1b59bd255c4a26cef6c886444525008ca8c9400c8c0afc07f34cb519740e1280c36f0f582627ca8eb3c9b421ca29bac2c03d41c27e97b54f085d663e496922b76f36d4501ce03923c80b549696419b3c8398cc625119838c50423ff74f9d15809855');
INSERT INTO post_text VALUES(244,2039198164657133116,'/10',1795726520681,X'28b52ffd60d9015d0a00228d2d2b80a9e9c945511c98f2d86d1411fc11e775ee21b2b6935bf411d5ce976b5fe1b719cc8a0504ac96651374108d2480b16fef96061a44bca22f113f57a0344dc99a7a6750ef82aa89494970e5ee18781df0be4d605d26964f2021180068e082af2024424bc715b2de17c15a69970bd715dd7970d5708834d579b0db3791ab94786006aff161f92c6a4686178629da9b234258197cdcebbe6b8bf4c229b46c971c5ea8838fccb5629a0d6a75785a69d7a6809d341b092341a8518a63339426a9a4dd208284a0f401102881312b8d8b012cc4061f820b8400507de3735000a8aedfabec815abfc42888e8e1a9f94247ea973331f926a40f1fd0218258129cd585c0600cab613d0f6a2222eaf7071309db7e7dafacb09e07c1dbc66e6dd0ed7674183393fc0c881ee4a9f135c7a8cc0c9571762e222a49b3fcc3a7383f8d2233272d8777c45265e55601');
INSERT INTO post_text VALUES(244,2039198164657133116,'/9',1795726520681,X'28b52ffd6000025d0b00c28f352f7069d301c9d3ff3f1135d0dd08a2816a8d4aa3ae225adb4b68564dac2960f5b7ac15fd4000c0b18beb027d54553c038c066011b1accbd6261f715976098dca2896a319cdb3934ebac7e7ecc0d7853326ffa83b010f1dcd18a52dcc5659116e759c9986206061e9d1d13d92fccd53776e98ae033f8134572e0ba9cb340496a8d052e54c6360c9629ca79022426e85b7a456309dba4ee7865983aa5bf5a7eaf82e43c9a5d059c2a1df3cd7e9ce3c3b796ef3d94373ab2e3d3a633847051d2dcb34d2cfd5559ee7bb1c27dd0e9a29d40fd410ef329a4540a8b1062723a2b03825c5c21a20428210943e116010cf6a760b54680c3f6781f03635b7726c7bf361e7118ba1ed47b27632c8047ed83cc3aaac26286501dcab31343e1202d0051f187f208b29cef6f4ac58a20a23be728a375e3792065e45195db71fc0fefa324f8295c36a6d7c7ce1af734c09f21020a28954202b8600892f79e8a09e7ec23d6ba17dea3d9653a596ab06');
INSERT INTO post_text VALUES(244,2039198164657133116,'/8',1795726520681,X'28b52ffd604803bd0d00728f352d90b73949eaeee2d00dca26b4202221360403894fd256f66df7db932d33b5e13409a371ff672b54e7a68d9dcb010b0640d172610802146ee85d5739ec27876f912a9dcc2b94bf451251ba153e9d3c3139fcd17261082831c1a7885f18034a7cf7416dcb6d625bb674070dfcaae0e43f64d69220e0c3863bbccb5181476a116e6d40c8a599adef5abec54a7d335f933847f3a2bc52cf0d45641656971bf2e8bc01e60e7b0773ae4eb36ffed5f25f757981ba0d9430f89bcfae7a6ef9ac4d9c6a96afc79dc72d29f647108ef3afe7d9cddf1a7cc128026aa8818aa9190a925686cd2002420c63d803115018896b77a559d60342438de8208eab8154600bb74e9028216f130fd8acccc3be8b4131f050ff95d5eafa902c83177d14ef6df1c7abc8343a31e66cfa55c46b6e3c31ee11dd976593bfc70b14ef84e7f2880c6f3fbac17140cc315118052e2ca1f276ca224afc1597760bfc450d509e386dbf9f9a2a3181b4500300725e1ccb9536efdda7418dc35c76a804a57d19c2df554e30ada2e4e3476eede1a66f348492f0bc2fd4a5f85a08603331d633b66752baf5437d3aecce53d075b3b3008cfec091537150c5321a635103');
INSERT INTO post_text VALUES(244,2039198164657133116,'/7',1795726520681,X'28b52ffd607b03450e007610392d8047e9c945511c283c6313cf3450c419a73f5644ae6dcbb06ec4a08ff3a629a3baf20c63840f40679cc66254402e002b002b00b3f207fc2a1a04014ee24dea74975127d6f1350c5f8543c0790a1d6dae700c38bb2abaefd29af7adf84daa8cc622503fb48a69e8062325425f83a9d7f4676a8aa4dbe023fb32fe3ef80ad31b45fab14b2cdf50d449751df406d2173296c057999615a5c8f77c59423b4b8dd05fbb4c3ac2dd417a1fee73e1bba647917ea89efc8d503f018c06c082316398a133d31b2b3d2b8c254567ab9319b7253166bcf810146d155ee32029e827e944a813f25d0168a8a14a129152462a85610e1014a314d4031150188d4b2544244d1a030f75db33a8904667c2a7c8cab0198cd142bc16cb4d08588213a3337d6c0922dadc729e8aa7183b3aad18404578fb03226c728fbe7ad5eb12fdc86c3fc463cb642ac2cd17d7a14371b7786efdad30b72f674fa2134932976ae250fdc7c95af184128cd6005970f537eb886e8ed67a8930e370a1d4b930b530a574e55893922fd76a5c986b64ee04bcfbcb529053b1e9996b09111fdd96a34bf25699e96680255cadf32646d2de3ebfa0f7e70b28a00c3fa7a07184852b4bd3897e8b4e4614934059494b15');
INSERT INTO post_text VALUES(244,2039198164657133116,'/6',1795726520681,X'28b52ffd600601150900128e2f2b80a9e9c945511c98f2287d0203fd477f9e7b886c6b7bdefa886ae7efb5aff0db0c66c5020256cbb2093a088c2460d148882f786d090af8e87d9f1c5640d710b303664dddf8e2f759c815f917e988b9ace656acb01d2ed7a680e1340d2466d2178975117a1b8f1a93bf1ed8c95fd55426dd71f0c570751c0cdb9bc805128201008d706027afd2b55a154f9615ef9e568569420fd6096abea715ca47cc75a2e6bad606482bef10ae3562786158e2fd35585bbc2aefbb705d28de7846b208292820426318b4071020c6e0690e5980b701bd2ca028f2c08df2b4111e397c02bcc54449811c986af92fe30eb74486785bb1f10b241b980a52610940880a13300730233430f0ce4c02c429004fab05b8713143107ac5781fb65860f513e2da7c9f');
INSERT INTO post_text VALUES(244,2039198164657133116,'/5',1795726520681,X'28b52ffd600d029d0b00e28f352d80b7e9c945511c1c5eb78dd7c0a040f496732fac3f2d857dc74532f437a23294ae3cc3186183e1125aeb24761a0d0700634687c8cb64a54a9d9c4b16368fc1c28adac5caa2f3558cc33ef947463ba3c6da295d949f9c8583204091c189b26e967bc62f1e020aa8b050e68bc780c20d5185483794c7309b5dd450649b7cf6b09e9c6d9c857815ba3f951b5eb621ac5b7c84450d913e176e2cfe59aab16b2b8cfa91377c9552d1049cd429bd8236d1a84391cd18ee036a1bf5865acf843a0bee86513ff9c9dd4eb2ce5854b254cb8bce6bede21b0e4642a8818a191a52505852a8b106101ca318ec0111901cc72544558a9503dcff5d545781e68f948f6ec5d0d56c041ae2ac31daae6ef2deaa87b06afe9567930f562f69a1a99da494631733045196bcbef8ea1a8d197168c7a455323b22f271a0e117a0c277d10a0dbc269657c27da7c623ae5836cbca03773e11c5b0ef8503caa2d9019cb07c12fcda9053f6c4a751c8aa259f6426607ee5f5a601');
INSERT INTO post_text VALUES(244,2039198164657133116,'/27',1795726542816,X'28b52ffd60d800950800e20c2d2c80a9e9896760ee711ea479a1c7a28ff33af72816f512d83ea3daf9ee7fa3422726312e0b80a8b25816a302028e0740e3019a4a5be80a8c92d63d983b705def1212c7e55a10f58ace444d4d2d299e48dc16e63e854398db2e9f563020010b97d0cfe40c88c042695f86ca5d63d34cd3116c2a645323d40b5d1d82769275457f22cd48bd0cbe9a584abc6c4e4034837f22ed963b0ad7f65e395cf75d5d432f8356071f9beba2582592d581cbbbc289776ac7a3112628101282a0c5071020c8681596032201b00635a99cf056942e0f21e04016835fe3c20a703ff809c2d20e5800c358ef040a03f90e9ee28d910648171418dd2c30ba7a475bd31f7ba4bf24fd8a053c0874552fa022a8359677f005');
INSERT INTO post_text VALUES(244,2039198164657133116,'/26',1795726542816,X'28b52ffd600a026d0b00920f352e7069d301c9d3ff3f113550d90835408d0f66ea2ae2c65e62d823f57f82cdbf713634780100ce609c0de4535589198c066021f1d06fde3944d5818d3af4e88cd2a4264d0a3d9f413446279256444965f80a6a05f46897d06e5e94af9eafc6f909f2f838895d5d61b4c9475834bb68a4a063452b8bf2ab5bb12894ea4e907e203d010f1d4c4310b02c2354767ca17c46f946264b27bf4dcae2d780ea46fda17a39ba33bf2cbf98fc93eabef9c97da7a839fa46f708c3374eba1df4c657d781e7862fd31058e2424395338d81651fab599ed12c0245a8918e59180b2af56833204242186a3e11501ccd73286d693793203a3220b2fd3cc876d2b1daee1923d700a7ce4e22ffc067703ab628522fbbc76ef6a97cc1df47f394b748083f9ae7928f9cc6bc955adad69f87d77861260da1e2f8e0a022c5917610c004c13b0376c240b7fbf12f782752fc6295e5a75a1670e7eba6e451de6023680b9f2c8c24a855bce141a4219ef9df166615');
INSERT INTO post_text VALUES(244,2039198164657133116,'/25',1795726542816,X'28b52ffd605d02150c00e2ce332e7069d301c9d3ff3f9122c06df48bd0a222c5c612fafdbd8466ad0cea02577ecb5ad10f04001cbbb82ed04755c5338c0660f11eb0424c60344e6ac3549d58457a217fcbe846052d2f3aa73b3c1f6d5d3a68a62108582276d42330aa90903ae32fa91551522b2862be569909753abed5d473faba09d31058a4424b13671a038b43e8f74822111f1dfda895b056503f5053200ceb3af173c1f12b48becbe7ab657d69741d7f7be89594dee40dac76d61fabf751df8a4343fe5e189db02e677466bd0fd693fa46ea1bc337725146b30851a8818e09d5821494144b632002420c92f00e1028a50aa78534062501292424a775febf155b92eaa0728b8e66cb45b2512ee185ba5108ac19b149a693a3f46fbec756ee416cb1bde4fc42949e4c058347033b3a803bc7abd1a2771de1ce2624480bb5a3cd7101fa5dcf86f27922195e1b111536990de425fb6f5a0c9174616369f72905565bd499e2936ed0a486c142b7a5624a29c71a43a5646d5729cbdf9866d15ec34424dac0cb01aaa3a8be5c2a');
INSERT INTO post_text VALUES(244,2039198164657133116,'/4',1795726542816,X'28b52ffd60ed027d0d0036d0382e7069d301c9d3ff3f1133d5dde80fd5a222d5283b88d6f612c3aa893505ac7e8fb3ec410f00000fe36c209faa4acc2b002a002c003d010f21ddaa4791b6347c277f5d42efe5a270aa3b11ea84ac83541ff0fbe42d185d38a9d4f3757c4663118726ced5930daa6ed59daa254627d61449cb57179253fa43427e9bbe2da31be5b34a5b179daf524f3b4f0e01262e747479e31860f81217756d92a71ea9a7f4a514da71e5a19ffc66fc37d5cdb0b6225e8d4e7c75a30b8c06c062f229dd0e28a788923ae1ada815db26a8a0a3451d370d820006920ff8c9e0388a7493b740f43a8eaf0960a8918a91102526c5ca1c10128298c31e1020a51ccdb690c664240031b97ba41f3626382f8ed15f5aba4f39d2e4871f6aa3b8b8122e27812a75042d652cc87973bacb77d4c2501835d8c623e584adb7c658ae87b7074f7df4b2fd6c411051a45e86d2ec93acc31cc34f0abc39e2e6a35df45d694c0e36dcd5ba8f0c30000339aaebb2d5f77535019152e2727379345ca6801f0ab15a6f02966daa43f18ee718fa56416550cbdf0f4637dae026d3f04c81db171d1530a933bbbcc19b161ae648bfbea9a9c1aa6055aa');
INSERT INTO post_text VALUES(244,2039198164657133116,'/3',1795726542816,X'28b52ffd60b001ed0900e24b29299029e9c9aa2ace50b9950480def00b30158a41641bfe36691c5f187bb47212c577979b23c2e1ba1b840c2560914b3d54397d04c1ea91130eccf41377d6743ae05578439f1ad6c95a40211800a0686f0eae805e6b1a9902ce273d3cc180a30695bc95303a0baf8523204f9a3c64f4c8f48e72208ca939260347795c10af53d6b808bd8e637297801e3ed05bd6a85cae63a37d1752bfeea8dcb145da598ea9ce44ce50160146a8918e513015a424298d012002421083e9011030c4a05186359f02c91643d9a079de4ece527c5fa904ecf280b93f07af7a6afd804c8a3aff71646baaf8baa0b8557ad44ab43a4039141f1503fa4230355ee2d8a97a94908bfcb9073d10e914b9064aaad1b0540407d850f23297d08b3221480ba87f62eaa6cb411a5e165d0b2bfad6c56697439714e8adf5cfb06aa906d8889b6a');
INSERT INTO post_text VALUES(244,2039198164657133116,'/2',1795726542816,X'28b52ffd60cf01850b00a6503a3070b54d07c9d3ff3f11754077a3ff8a4111a3d2a8ab91d6f652d87714249be0caf7386bf4e90400c05f5c1bc8a7aa12332b002d002e006d3ad7845b1de7cab2f55da65257e98cc9bfe972930760596ec05786f37c97b1ab2bccb29367a7d08b46115cb12c9c6ea31e3d1aca670df3b2f56a669a0281c5c903aa1b75876afab4f3f404d21c3d3aba4392c74967f11cd06c988d54961311722b7c157582610c2c71a1a3ca1906c152a537e61932e858598ef3f439945cfa9cdb7c06d1018b2640014d685277a6913645bceb585de59bcf2edba686e020dd067c95559e290ffd660078e8c0281ddda3f338a831061205740a4b9214da0e3002420883f2061018a4205cd84a63a072a43b6c35a2a57822c143802884f646973f71897183d72f5a408227a3bb586877b8777b359138146f01edcbdf8889bb8f08306beb42fe27a49392d4ae30312c066408a534ab35b24f5954dab28a13b3b9763c20913e6240c1e0f7a0c678c14e7f0abf32f4ab02');
INSERT INTO post_text VALUES(244,2039198164657133116,'/1',1795726542816,X'28b52ffd60e0000d0800f28a272b8037cd01e9333077c7536af97b418838f19413bd513721e216f871c72843595ca209cc40d081fc469a80208a052291e0d7a31ba7b0418decd16ae5a9c953429761002c8cd06b728611b03402cd5182a4a4234925a46353eda9a037b53f44e8f2424ffe00ec04ef800d7168c77ddfd3f1f9363cb5c1be93086550ddf568767c65bb03d565f747f065ed93e1ebb83ff565f526e1fb0e7a1bec51e18a45222728101281a22a0f1018859c322e16038715280306ac0e037a30945a20d0001f208ce017a33b20a2b9838573631ac2440c150670e8e1cf3770c37fa8634c624a1106dea081900dc00d620e97016208183146b11d01d88ee1a58b4fdb968c3350');
CREATE TABLE met (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    PRIMARY KEY (shard, source_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE missing (
    shard     INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    looks     INTEGER NOT NULL,
    since     INTEGER NOT NULL,
    last_at   INTEGER NOT NULL,
    PRIMARY KEY (shard, source_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE channel (
    name        TEXT    NOT NULL PRIMARY KEY,
    refusals    INTEGER NOT NULL DEFAULT 0,
    error       TEXT,
    help        TEXT,
    rests_until INTEGER,
    quiet_until INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE event (
    number  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    message TEXT    NOT NULL UNIQUE,
    at      INTEGER NOT NULL,
    data    TEXT    NOT NULL
) STRICT;
DELETE FROM sqlite_sequence;
CREATE INDEX host_next ON host (next_at) WHERE next_at IS NOT NULL;
CREATE UNIQUE INDEX source_by_id ON source (id);
CREATE INDEX source_by_number ON source (source_id);
CREATE INDEX source_glance ON source (id, definition_hash, removed_at);
CREATE INDEX source_state_due ON source_state (shard, host_id, due_at) WHERE rests = 0 AND due_at IS NOT NULL;
CREATE INDEX post_titled ON post (shard, source_id, title);
CREATE INDEX post_lacking ON post (shard, source_id, listed_at DESC, key)
    WHERE asks < 3 AND (categories IS NULL OR published_at IS NULL OR title = '');
CREATE INDEX post_undated ON post (shard, source_id, listed_at) WHERE published_at IS NULL;
CREATE UNIQUE INDEX category_by_path ON category (shard, source_id, path);
CREATE UNIQUE INDEX category_by_slug ON category (shard, source_id, slug_path);
CREATE INDEX edit_oldest ON edit (at);
CREATE INDEX outbox_owed ON outbox (channel, owed_at, place, id) WHERE sent_at IS NULL AND dead_at IS NULL;
CREATE INDEX outbox_dead ON outbox (dead_at) WHERE dead_at IS NOT NULL;
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX outbox_of_source ON outbox (shard, source_id);
CREATE INDEX feed_by_number ON feed (feed_id);
CREATE UNIQUE INDEX feed_by_path ON feed (path);
CREATE UNIQUE INDEX feed_by_kind ON feed (shard, source_id, kind, category);
CREATE INDEX post_newest ON post (shard, source_id, listed_at DESC, key, excluded);
CREATE INDEX post_uncategorized ON post (shard, source_id, listed_at DESC, key)
    WHERE categories IS NULL AND excluded = 0;
CREATE INDEX feed_stale ON feed (path) WHERE version > published_version AND chosen = 1;
CREATE INDEX feed_unchosen ON feed (path) WHERE published_version > 0 AND chosen = 0;
CREATE UNIQUE INDEX merged_by_id ON merged (id);
CREATE INDEX merged_post_by_entry ON merged_post (merged_shard, feed_id, entry_id, source_id, key);
CREATE INDEX merged_post_of_source ON merged_post (shard, source_id, key);
CREATE INDEX post_textless ON post (shard, source_id, listed_at DESC, key) WHERE text_asks < 3;
CREATE INDEX outbox_message ON outbox (message) WHERE message IS NOT NULL;
CREATE INDEX outbox_tried ON outbox (channel, shard, source_id, not_before)
    WHERE sent_at IS NULL AND dead_at IS NULL AND attempts > 0;
CREATE INDEX event_at ON event (at);
COMMIT;
PRAGMA application_id = 1936683883;
PRAGMA user_version = 5;
