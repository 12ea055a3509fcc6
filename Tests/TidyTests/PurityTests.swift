import Testing

@Suite("The world is touched only at its seams")
struct PurityTests {
    private static let banned = [
        "Date()", "Date.now", "ContinuousClock()", "SuspendingClock()", "ContinuousClock.now", "Task.detached", "DispatchQueue",
        "DispatchSource", "clock_gettime", "gettimeofday", "getenv(", "SystemRandomNumberGenerator", ".random(in:", ".randomElement(",
        ".shuffled()", "arc4random", " print(", "fatalError(", "try!", " as! ",
    ]

    /// Files that are the seam for what they name.
    private static let seams: [String: [String]] = [
        "Sources/Framework/Seams/SystemClock.swift": ["clock_gettime", "SystemRandomNumberGenerator"],
        "Sources/Framework/Seams/BlockingExecutor.swift": ["DispatchQueue"],
        "Sources/Host/Configuration/ProcessEnvironment.swift": ["getenv("],
        "Sources/Host/Observability/StopPointSwitch.swift": ["getenv("],
        "Sources/Host/Application/Shutdown.swift": ["DispatchSource"],
        "Sources/Host/Server/Server.swift": ["ContinuousClock()"],
    ]

    @Test(
        "No clock, randomness, environment, detached task, print or trap outside the seam files",
        arguments: SourceTree.files(below: "Sources"))
    func seams(file: SourceFile) {
        let allowed = Self.seams[file.path] ?? []
        for (number, text) in file.code {
            let found = Self.banned.first { " \(text)".contains($0) && !allowed.contains($0) }
            #expect(found == nil, "\(file.path):\(number)")
        }
    }

    @Test(
        "No binary floating point in values, core and records",
        arguments: ["Values", "Core", "Records"].flatMap { SourceTree.files(below: "Sources/Framework/\($0)") })
    func exact(file: SourceFile) {
        for (number, text) in file.code {
            let words = text.split { !$0.isLetter && !$0.isNumber }.map(String.init)
            #expect(words.first { ["Double", "Float", "CGFloat", "Float16"].contains($0) } == nil, "\(file.path):\(number)")
        }
    }

    @Test("The core waits for nothing", arguments: SourceTree.files(below: "Sources/Framework/Core"))
    func synchronous(file: SourceFile) {
        for (number, text) in file.code {
            let words = text.split { !$0.isLetter && !$0.isNumber }.map(String.init)
            #expect(words.first { ["async", "await", "Task", "actor"].contains($0) } == nil, "\(file.path):\(number)")
        }
    }
}
