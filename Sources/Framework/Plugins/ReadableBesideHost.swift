/// A storage whose records another process can read while a host uses it.
///
/// After ``startReading()`` fetches, counts, private records, `migrations()` and `backUp(to:)` work, and every commit is refused.
public protocol ReadableBesideHost: StoragePlugin {
    /// Opens what exists for reading and takes no lock; to be called in place of `start`, and ended with `stop`. Makes and changes nothing.
    func startReading() async throws(StorageError)
    /// Reads everything and tells what is damaged, a sentence each; empty when the records are whole. Takes as long as the records are large.
    func faults() async throws(StorageError) -> [String]
}
