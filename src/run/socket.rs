//! Where the control socket stands, and who may put one there.
//!
//! It belongs to its owner alone: mode 0600 before anybody can see it, in a folder in which nobody else could put
//! another one in its place. What a dead daemon left there is replaced; a living one is never pushed aside.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tokio::net::{UnixListener, UnixStream};

use crate::model::host::stable_id;

/// Why no socket could be opened.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// Others could put a socket of theirs in the place of ours.
    #[error("the folder {folder} of the control socket can be changed by others")]
    Open {
        /// The folder.
        folder: PathBuf,
    },
    /// There is something else.
    #[error("there is something else where the control socket {path} should be")]
    Occupied {
        /// The path.
        path: PathBuf,
    },
    /// It cannot be made.
    #[error("cannot open the control socket {path}")]
    Unusable {
        /// The path.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl SocketError {
    /// What to do.
    pub fn help(&self) -> String {
        match self {
            Self::Open { folder } => {
                format!(
                    "make it this user's own: chown {} {folder} && chmod 700 {folder}",
                    euid(),
                    folder = folder.display()
                )
            }
            Self::Occupied { path } => format!("move {} away", path.display()),
            Self::Unusable { .. } => {
                "make its folder writable for this user, or name another one with XDG_RUNTIME_DIR".to_owned()
            }
        }
    }
}

/// An open socket; its file goes with it.
#[derive(Debug)]
pub struct Socket {
    path: PathBuf,
    /// Device and number of the file, by which ours is known.
    file: (u64, u64),
    pub(super) listener: UnixListener,
}

/// The sockets that a daemon with this state may listen at in a folder: the plain one, and its own where the daemon of
/// another state has that.
pub fn places(folder: &Path, state: &Path) -> [PathBuf; 2] {
    let own = stable_id(state.as_os_str().as_encoded_bytes());
    [folder.join("sosik.sock"), folder.join(format!("sosik-{own:016x}.sock"))]
}

impl Socket {
    /// Listens at the first of these places at which nobody does.
    pub async fn open(places: &[PathBuf]) -> Result<Self, SocketError> {
        let mut taken = None;
        for path in places {
            if UnixStream::connect(path).await.is_ok() {
                taken = Some(path);
                continue;
            }
            return Self::at(path);
        }
        let path = taken.cloned().unwrap_or_default();
        let source = io::Error::new(io::ErrorKind::AddrInUse, "another daemon answers there");
        Err(SocketError::Unusable { path, source })
    }

    fn at(path: &Path) -> Result<Self, SocketError> {
        let unusable = |source| SocketError::Unusable { path: path.to_owned(), source };
        let folder = path.parent().unwrap_or(Path::new("/"));
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(unusable)?;
        if !is_ours(&fs::metadata(folder).map_err(unusable)?) {
            return Err(SocketError::Open { folder: folder.to_owned() });
        }
        match fs::symlink_metadata(path) {
            Ok(there) if !there.file_type().is_socket() => {
                return Err(SocketError::Occupied { path: path.to_owned() });
            }
            Ok(_) | Err(_) => {}
        }
        // Bound beside its place and moved there: nobody meets it before it is closed to others.
        let beside = folder.join(format!(".sosik-{}.sock", std::process::id()));
        let _ = fs::remove_file(&beside);
        let listener = UnixListener::bind(&beside).map_err(unusable)?;
        let moved = fs::set_permissions(&beside, Permissions::from_mode(0o600))
            .and_then(|()| fs::rename(&beside, path))
            .and_then(|()| fs::symlink_metadata(path));
        match moved {
            Ok(made) => Ok(Self { path: path.to_owned(), file: (made.dev(), made.ino()), listener }),
            Err(source) => {
                let _ = fs::remove_file(&beside);
                Err(unusable(source))
            }
        }
    }

    /// Where it stands.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let is_ours = |there: fs::Metadata| (there.dev(), there.ino()) == self.file;
        if fs::symlink_metadata(&self.path).is_ok_and(is_ours) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether nobody but us and root can put or take away files in a folder: it is ours or root's, and others may not
/// write to it or may only touch what is theirs (the sticky bit).
fn is_ours(folder: &fs::Metadata) -> bool {
    let mode = folder.mode();
    [0, euid()].contains(&folder.uid()) && (mode & 0o022 == 0 || mode & 0o1000 != 0)
}

/// The user that we are.
pub(super) fn euid() -> u32 {
    rustix::process::geteuid().as_raw()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places_in(folder: &Path) -> [PathBuf; 2] {
        places(folder, Path::new("/state.db"))
    }

    #[tokio::test]
    async fn it_is_its_owners_alone_and_goes_with_him() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("made/here");
        let socket = Socket::open(&places_in(&folder)).await.unwrap();
        assert_eq!(socket.path(), folder.join("sosik.sock"));
        let mode = |path: &Path| fs::symlink_metadata(path).unwrap().mode() & 0o777;
        assert_eq!((mode(socket.path()), mode(&folder)), (0o600, 0o700));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        drop(socket);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn what_a_dead_daemon_left_is_replaced_and_a_living_one_stays() {
        let home = tempfile::tempdir().unwrap();
        fs::set_permissions(home.path(), Permissions::from_mode(0o700)).unwrap();
        let places = places_in(home.path());
        // A listener that is dropped leaves its file behind, as a killed process does.
        drop(UnixListener::bind(&places[0]).unwrap());
        let first = Socket::open(&places).await.unwrap();
        assert_eq!(first.path(), places[0]);
        let second = Socket::open(&places).await.unwrap();
        assert_eq!(second.path(), places[1]);
        assert!(matches!(Socket::open(&places).await.unwrap_err(), SocketError::Unusable { .. }));
        drop(second);
        assert!(places[0].exists() && !places[1].exists());
    }

    #[tokio::test]
    async fn a_folder_that_others_can_change_and_a_file_in_the_way_are_refused() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("run");
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, Permissions::from_mode(0o777)).unwrap();
        let refused = Socket::open(&places_in(&folder)).await.unwrap_err();
        assert!(matches!(refused, SocketError::Open { .. }) && refused.help().contains("chmod 700"), "{refused}");
        fs::set_permissions(&folder, Permissions::from_mode(0o1777)).unwrap();
        drop(Socket::open(&places_in(&folder)).await.unwrap());
        fs::write(folder.join("sosik.sock"), "mine").unwrap();
        let refused = Socket::open(&places_in(&folder)).await.unwrap_err();
        assert!(matches!(refused, SocketError::Occupied { .. }), "{refused}");
        assert_eq!(fs::read(folder.join("sosik.sock")).unwrap(), b"mine");
    }
}
