package import MunimKit

/// The strikes that a synthetic uses: the multiples of a step.
package struct StrikeGrid: Hashable, Sendable {
    /// Distance between strikes; positive.
    package let step: Price

    /// A grid with this step.
    package init(step: Price) { self.step = step }

    /// The multiple of the step nearest to `price`; exactly half-way the multiple of twice the step. Nil when no positive strike is near.
    package func nearest(to price: Price) -> Price? {
        guard price > .zero, step > .zero else { return nil }
        let (below, rest) = Int128(price.units).quotientAndRemainder(dividingBy: Int128(step.units))
        let isHalf = rest * 2 == Int128(step.units)
        let goesUp = isHalf ? below % 2 != 0 : rest * 2 > Int128(step.units)
        let strike = (goesUp ? below + 1 : below) * Int128(step.units)
        return strike > 0 ? try? Price(wide: strike) : nil
    }
}
