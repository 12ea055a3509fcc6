public import MunimKit

/// The storage backends that are compiled in.
public enum BuiltInStorage {
    /// One entry per backend.
    public static var all: [any StoragePlugin.Type] { [SQLiteStorage.self, MemoryStorage.self] }
}
