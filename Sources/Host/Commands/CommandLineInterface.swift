import Glibc
import MunimKit

/// Finds the command that the first words name and runs it.
enum CommandLineInterface {
    /// Every command, in the order of the overview.
    static var commands: [Command] {
        [ServeCommand.command, ValidateCommand.command, PluginsCommand.command, PluginsCommand.describe, NewInstrumentCommand.command]
            + [StatusCommand.command, PositionsCommand.command, SignalsCommand.command, OrdersCommand.command, ExplainCommand.command]
            + RolloverCommand.commands + [ReconcileCommand.command, TraceCommand.command, ReplayCommand.command, SimulateCommand.command]
            + MigrateCommand.commands
            + [BackupCommand.command, DoctorCommand.command, VersionCommand.command] + testing
    }

    /// Runs a command line; answers the exit code.
    static func run(_ line: [String], in world: CommandWorld = .process) async -> Int32 {
        do throws(CommandFailure) {
            switch try CommandReader(commands: commands).read(line, in: world) {
            case .overview(let words): CommandHelp.overview(of: commands, below: words).forEach(world.output)
            case .help(let command): CommandHelp.page(of: command).forEach(world.output)
            case .run(let command, let input): return try await command.run(input)
            }
            return 0
        } catch {
            if !error.message.isEmpty { world.errors("munim: " + error.message) }
            return error.code
        }
    }

    private static var testing: [Command] {
        #if DEBUG
            [StopPointsCommand.command, MutantsCommand.command]
        #elseif MUTANTS
            [MutantsCommand.command]
        #else
            []
        #endif
    }
}

/// The end of the process.
enum Process {
    static func exit(_ code: Int32) -> Never { Glibc.exit(code) }
}

/// The numbers of the standard streams.
enum Streams {
    static let errors = STDERR_FILENO
}

extension CommandWorld {
    /// Whether a person watches, so that long work shows how far it is.
    var drawsProgress: Bool { isTerminal && isatty(Streams.errors) == 1 }
}
