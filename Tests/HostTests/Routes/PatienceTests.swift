import MunimKit
import Synchronization
import Testing

@testable import munim

/// How long answers wait, and for how much.
@Suite(.timeLimit(.minutes(5))) struct PatienceTests {
    @Test("What comes in time is the answer, nothing among it")
    func inTime() async {
        let patience = Patience(.minutes(60), clock: SystemClock())
        #expect(await patience.value { 7 } == 7)
        let nothing: Int?? = await patience.value { nil as Int? }
        #expect(nothing == .some(nil))
    }

    @Test("What takes longer is let go: nobody waits, the work goes on, and counts until it ends")
    func late() async {
        let gate = Gate()
        let ended = Mutex(0)
        let patience = Patience(.milliseconds(1), clock: SystemClock(), most: 2)
        for _ in 0..<2 {
            let answer = await patience.value {
                await gate.pass()
                ended.withLock { $0 += 1 }
                return 1
            }
            #expect(answer == nil)
        }
        let begun = Mutex(0)
        let third: Void? = await patience.value { begun.withLock { $0 += 1 } }
        #expect(third == nil && begun.withLock { $0 } == 0, "a third is not begun while two go on")
        gate.open()
        while ended.withLock({ $0 }) < 2 { await Task.yield() }
        let generous = Patience(.minutes(60), clock: SystemClock(), most: 1)
        for number in 0..<3 { #expect(await generous.value { number } == number) }
    }
}
