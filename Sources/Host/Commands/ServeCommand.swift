import MunimKit

/// `munim serve`.
enum ServeCommand {
    static let command = Command(
        words: ["serve"], summary: "Runs the host until it is asked to stop.",
        arguments: [CommandArgument(name: "FILE", summary: "The configuration; plugins.yaml when left out.", isOptional: true)],
        options: [
            CommandOption(name: "trace", value: "FILE", summary: "Add every event with its effects to this file; see munim trace."),
            CommandOption(name: "record", value: "FILE", summary: "Add every webhook that is believed to this file; see munim replay."),
        ],
        examples: ["munim serve", "munim serve plugins.yaml --trace run.trace"], run: run)

    @Sendable private static func run(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let file = input.arguments["FILE"] ?? "plugins.yaml"
        let report = validate(
            file: file, registry: try input.builtIns(), environment: input.world.environment, loading: DynamicPlugin.loading(beside: file),
            checks: [ConstructionCheck(input).faults(of:in:)])
        guard let configuration = report.configuration else {
            for fault in report.faults { input.world.errors(fault.description) }
            return report.exitCode
        }
        let options = Serve.Options(trace: input.values["trace"], record: input.values["record"])
        return await Serve(configuration: configuration, options: options).run()
    }
}

extension ConstructionCheck {
    /// The check with what commands have.
    init(_ input: CommandInput) { self.init(context: PluginContext(name: "check", clock: input.world.clock)) }
}
