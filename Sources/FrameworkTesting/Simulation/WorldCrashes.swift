public import MunimKit

/// Runs a scenario once to count its steps, then once for each step with a death there, and once more with a second death during recovery.
public struct WorldCrashes {
    /// A world before the scenario.
    public var setUp: () -> World
    /// What happens; called again from its start after a restart is not needed, because senders resend: signals are idempotent.
    public var scenario: (World) -> Void
    /// What the broker does from the restart on, such as prices; it runs before the new process starts.
    public var duringOutage: (World) -> Void = { _ in }
    /// How long the process is away.
    public var outage: Span = .seconds(1)
    /// How long the world runs after the restart.
    public var settling: Span = .minutes(10)

    /// A scenario in a world.
    public init(setUp: @escaping () -> World, scenario: @escaping (World) -> Void) {
        self.setUp = setUp
        self.scenario = scenario
    }

    /// The number of effects that the scenario performs when nobody dies.
    public func steps() -> (first: Int, count: Int) {
        let world = setUp()
        let first = world.performed
        scenario(world)
        return (first, world.performed - first)
    }

    /// Where a process died.
    public struct Point: Hashable, Sendable, CustomStringConvertible {
        /// The step, counted from the scenario's begin.
        public let step: Int
        /// Whether the step's effect was performed.
        public let isDone: Bool
        /// The step of the recovery at which the second process died; nil when it lived.
        public var second: Int?
        public var description: String { "\(isDone ? "after" : "before") step \(step)\(second.map { ", again at step \($0)" } ?? "")" }
    }

    /// Dies once at every step; `judge` sees each world at rest.
    public func single(_ judge: (World, Point) -> Void) async throws(StorageError) {
        let (first, count) = steps()
        for step in 0..<count {
            for isDone in [false, true] {
                await Task.yield()
                let world = setUp()
                world.death = (first + step, isDone)
                scenario(world)
                guard world.isDead else { continue }
                world.death = nil
                duringOutage(world)
                try await world.restart(after: outage)
                world.wait(settling)
                judge(world, Point(step: step, isDone: isDone))
            }
        }
    }

    /// Dies at every step, and again at every step of the recovery until it lives through.
    public func pairs(_ judge: (World, Point) -> Void) async throws(StorageError) {
        let (first, count) = steps()
        for step in 0..<count {
            for second in 0..<200 {
                await Task.yield()
                let world = setUp()
                world.death = (first + step, true)
                scenario(world)
                guard world.isDead else { break }
                world.death = (second, second % 2 == 0)
                duringOutage(world)
                try await world.restart(after: outage)
                world.wait(settling)
                guard world.isDead else { break }
                world.death = nil
                try await world.restart(after: outage)
                world.wait(settling)
                judge(world, Point(step: step, isDone: true, second: second))
            }
        }
    }
}
