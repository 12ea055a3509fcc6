import MunimKit
import Synchronization

/// Checks a whole file for damage while others already work with it: that takes seconds for a large file, and damage is rare.
final class SQLiteExaminer: Sendable {
    private struct State {
        var damage: StorageError?
        var isClosing = false
        var examination: Task<Void, Never>?
    }

    private let path: String
    private let settings: SQLiteSettings
    private let context: PluginContext
    private let session: SQLiteSession
    private let state = Mutex(State())
    /// How long an examination waits, because a start needs the disk and the processor first.
    private static let headStart = Span.seconds(1)

    init(path: String, settings: SQLiteSettings, context: PluginContext) {
        self.path = path
        self.settings = settings
        self.context = context
        session = SQLiteSession(path: path, role: "examiner")
    }

    /// What is wrong with the file, as far as is known by now.
    var damage: StorageError? { state.withLock(\.damage) }

    /// Begins the examination, soon.
    func start() async throws(StorageError) {
        try await session.open(settings, readsOnly: true)
        let examination = Task { await examine() }
        state.withLock { $0.examination = examination }
    }

    /// Comes back when the file is examined.
    func finish() async { await state.withLock(\.examination)?.value }

    /// Ends the examination, finished or not.
    func close() async {
        state.withLock { state in
            state.isClosing = true
            state.examination?.cancel()
        }
        session.interrupt()
        await finish()
        await session.close()
    }

    private func examine() async {
        guard (try? await context.clock.sleep(until: context.clock.now() + Self.headStart)) != nil else { return }
        do throws(StorageError) {
            try await session.check { [settings, path] connection throws(StorageError) in try settings.examine(connection, path: path) }
        } catch { note(error) }
        await session.close()
    }

    /// An examination that was ended early has found nothing.
    private func note(_ fault: StorageError) {
        let isClosing = state.withLock { state in
            if !state.isClosing, case .corrupt = fault { state.damage = fault }
            return state.isClosing
        }
        if !isClosing { context.log(.critical, "the records could not be shown to be whole", LogField("why", fault)) }
    }
}
