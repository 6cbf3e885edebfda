import Foundation

/// Keeps two processes from running the same instance on the same files: its number says whose outbox rows are whose.
final class InstanceLock {
    private let descriptor: Int32

    /// Nil when another process has it.
    init?(instance: String, in directory: DataDirectory) throws {
        let path = "\(directory.path)/.\(instance.replacing("/", with: "-")).lock"
        descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw CocoaError(.fileWriteNoPermission, userInfo: [NSFilePathErrorKey: path])
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }
}
