import FuzzHarness
import Glibc

/// The target that MUNIM_FUZZ_TARGET names; without one the process ends.
let chosenTarget: FuzzTarget = {
    let name = getenv("MUNIM_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
        complain("MUNIM_FUZZ_TARGET is \"\(name)\", expected one of \(FuzzTarget.all.map(\.name).joined(separator: ", "))")
        exit(2)
    }
    return target
}()

/// Writes a line to standard error.
func complain(_ text: String) {
    let line = Array("\(text)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
}
