import MunimKit

/// The program: reads the command line and runs one command.
@main
struct Main {
    static func main() async {
        Console.outliveReaders()
        Allocator.shareArenas()
        let arguments = Array(CommandLine.arguments.dropFirst())
        let code = await CommandLineInterface.run(arguments)
        Process.exit(code)
    }
}
