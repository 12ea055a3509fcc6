import PackagePlugin

/// Has the digest of a target's declarations written into a file of the target itself, at each build that changes a file.
@main
struct InterfaceDigest: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
        guard let module = target.sourceModule else { return [] }
        let files = module.sourceFiles(withSuffix: "swift").map(\.url)
        let output = context.pluginWorkDirectoryURL.appending(path: "FrameworkInterface.swift")
        return [
            .buildCommand(
                displayName: "Digest of the declarations of \(target.name)", executable: try context.tool(named: "munim-interface").url,
                arguments: [output.path()] + files.map { $0.path() }, inputFiles: files, outputFiles: [output])
        ]
    }
}
