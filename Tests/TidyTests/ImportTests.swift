import Testing

@Suite("Imports point one way")
struct ImportTests {
    private static let standard: Set<String> = ["Synchronization", "FoundationEssentials", "Glibc"]
    private static let pluginTargets = ["Instruments", "Sizing", "Rollover", "Brokers", "Storage", "Coordination", "Alerts"]

    @Test("The framework has sources to look at")
    func sourcesExist() {
        #expect(SourceTree.files(below: "Sources/Framework").count > 30)
        #expect(SourceTree.files(below: "Sources/Host").count > 20)
    }

    @Test(
        "The framework imports nothing of ours, no C library, and Dispatch only in its seams",
        arguments: SourceTree.files(below: "Sources/Framework"))
    func framework(file: SourceFile) {
        var allowed = Self.standard
        if file.path.contains("/Seams/") { allowed.insert("Dispatch") } else { allowed.remove("Glibc") }
        if file.path.contains("/Values/") || file.path.contains("/Core/") { allowed.remove("FoundationEssentials") }
        if file.path.hasSuffix("Package.swift") { allowed.insert("PackageDescription") }
        #expect(file.imports.filter { !allowed.contains($0) } == [], "\(file.path)")
    }

    @Test("A plugin imports the framework and no other plugin", arguments: SourceTree.files(below: "Sources/Plugins"))
    func plugins(file: SourceFile) {
        let allowed = Self.standard.union(["MunimKit", "CSQLite"])
        #expect(file.imports.filter { !allowed.contains($0) } == [], "\(file.path)")
    }

    @Test("The test library imports the framework and no plugin", arguments: SourceTree.files(below: "Sources/FrameworkTesting"))
    func testing(file: SourceFile) {
        let allowed = Self.standard.union(["MunimKit", "Testing"])
        #expect(file.imports.filter { !allowed.contains($0) } == [], "\(file.path)")
    }

    @Test("One Swift file imports each C library", arguments: ["CSQLite", "CYAML", "CMicrohttpd", "CSodium", "CMalloc"])
    func boxes(module: String) {
        let importers = SourceTree.files(below: "Sources").filter { $0.imports.contains(module) }.map(\.path)
        #expect(importers.count == 1, "\(module) is imported by \(importers)")
    }

    @Test("Only the list of built-in plugins, and the replay and the composition that need a concrete type, import plugin targets")
    func host() {
        let allowed = ["Sources/Host/Builtins.swift", "Sources/Host/Application/", "Sources/Host/Replay/", "Sources/Host/Commands/"]
        for file in SourceTree.files(below: "Sources/Host") where file.imports.contains(where: Self.pluginTargets.contains) {
            #expect(allowed.contains { file.path.hasPrefix($0) }, "\(file.path)")
        }
    }
}
