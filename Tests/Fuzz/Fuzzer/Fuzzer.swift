import FuzzHarness
import Glibc

/// What libFuzzer calls with each input; a broken property ends the process, so that the input is kept.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do { try chosenTarget.check(Array(UnsafeBufferPointer(start: start, count: count))) } catch {
        complain("\(chosenTarget.name): \(error)")
        abort()
    }
    return 0
}
