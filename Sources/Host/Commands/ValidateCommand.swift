import MunimKit

/// `munim validate`.
enum ValidateCommand {
    static let command = Command(
        words: ["validate"],
        summary: "Checks a configuration completely, runs the examples of its instruments, and opens nothing else.",
        arguments: [CommandArgument(name: "FILE", summary: "The configuration.")], options: [.json],
        examples: ["munim validate plugins.yaml", "munim validate plugins.yaml --json"], run: run)

    @Sendable private static func run(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let file = input.arguments["FILE"] ?? ""
        let check = ConstructionCheck(input)
        let report = validate(
            file: file, registry: try input.builtIns(), environment: input.world.environment, loading: DynamicPlugin.loading(beside: file),
            checks: [check.faults(of:in:)], advice: [check.calendarGaps(of:in:)])
        report.write(asJSON: input.isJSON, to: input.world.output)
        return report.exitCode
    }
}
