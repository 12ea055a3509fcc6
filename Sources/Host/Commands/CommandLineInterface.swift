import Glibc
import MunimKit

/// Finds the command that the first word names and runs it.
enum CommandLineInterface {
    static func run(_ arguments: [String]) async -> Int32 {
        guard let name = arguments.first else { return 2 }
        let rest = Array(arguments.dropFirst())
        switch name {
        case "serve": return await serve(rest)
        default:
            Console.write("munim: no command \(name)\n", to: STDERR_FILENO)
            return 2
        }
    }

    private static func serve(_ arguments: [String]) async -> Int32 {
        let file = arguments.first { !$0.hasPrefix("-") } ?? "plugins.yaml"
        guard let registry = try? Builtins.registry() else { return 1 }
        let reading = ConfigurationReading(file: file, registry: registry, environment: .process)
        for fault in reading.faults { Console.write("\(fault)\n", to: STDERR_FILENO) }
        guard let configuration = reading.configuration else { return 2 }
        return await Serve(configuration: configuration, options: Serve.Options()).run()
    }
}

/// The end of the process.
enum Process {
    static func exit(_ code: Int32) -> Never { Glibc.exit(code) }
}
