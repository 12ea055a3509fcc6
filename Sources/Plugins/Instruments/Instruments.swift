public import MunimKit

/// The instruments that the host brings along: two that their options describe, and presets of them.
public enum BuiltInInstruments {
    /// Every instrument, in the order of the documentation.
    public static var all: [any InstrumentPlugin.Type] {
        [
            DescribedInstrument<FuturePreset>.self, DescribedInstrument<SyntheticFuturePreset>.self,
            DescribedInstrument<BankNiftyPreset>.self, DescribedInstrument<GoldMiniPreset>.self,
            DescribedInstrument<SilverMiniPreset>.self,
        ]
    }
}
