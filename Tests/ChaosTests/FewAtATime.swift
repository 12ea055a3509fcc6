import Testing

/// Lets only some tests have processes at a time: to a host, a machine that is too busy looks like one that stands still.
struct FewAtATime: SuiteTrait, TestTrait, TestScoping {
    private static let places = Places(4)

    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        await Self.places.take()
        do { try await function() } catch {
            await Self.places.giveBack()
            throw error
        }
        await Self.places.giveBack()
    }
}

extension Trait where Self == FewAtATime {
    /// Lets only some tests have processes at a time.
    static var fewAtATime: FewAtATime { FewAtATime() }
}

/// Places that are taken in the order in which they are asked for.
private actor Places {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    func take() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func giveBack() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
