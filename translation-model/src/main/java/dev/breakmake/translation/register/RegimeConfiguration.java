package dev.breakmake.translation.register;

import dev.breakmake.translation.event.Architecture;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the registers of one PE say about one regime at a moment. Values, not history: two equal configurations translate alike
 * given equal memory.
 *
 * @param regime which regime
 * @param architecture execution state, decides the descriptor details of {@link Regime#STAGE2}
 * @param enabled whether accesses are translated (M, VM, with what overrides them)
 * @param roots trees that may be walked, whether enabled or not; a VA range disabled by EPD or an impossible size has none
 * @param outputBits effective output address size in bits
 * @param memoryAttributes MAIR (HMAIR1:HMAIR0) bytes; 0 for stage 2
 * @param writeExecuteNever WXN
 * @param hardwareAccessFlag HA: hardware sets the access flag
 * @param hardwareDirtyState HD: hardware makes DBM entries writable
 * @param asid current ASID; 0 without ASIDs
 * @param asidBits its width; 0 without ASIDs
 * @param vmid current VMID; 0 without VMIDs
 * @param vmidBits its width; 0 without VMIDs
 * @param bigEndian EE: walks read big-endian descriptors
 * @param cacheEnabled C (not CD for stage 2): walks may be cacheable at all
 * @param forceWriteBack HCR_EL2.FWB: other MemAttr encoding in stage 2
 * @param largeAddresses DS: 52-bit descriptor layout of the 4 KiB and 16 KiB granules (FEAT_LPA2)
 * @param anomalies illegal values met on the way
 */
public record RegimeConfiguration(
        Regime regime,
        Architecture architecture,
        boolean enabled,
        List<TranslationRoot> roots,
        int outputBits,
        long memoryAttributes,
        boolean writeExecuteNever,
        boolean hardwareAccessFlag,
        boolean hardwareDirtyState,
        int asid,
        int asidBits,
        int vmid,
        int vmidBits,
        boolean bigEndian,
        boolean cacheEnabled,
        boolean forceWriteBack,
        boolean largeAddresses,
        Set<ConfigurationAnomaly> anomalies) {

    public RegimeConfiguration {
        roots = List.copyOf(roots);
        anomalies = Set.copyOf(anomalies);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RegimeConfiguration that
                && regime == that.regime
                && architecture == that.architecture
                && enabled == that.enabled
                && roots.equals(that.roots)
                && outputBits == that.outputBits
                && memoryAttributes == that.memoryAttributes
                && writeExecuteNever == that.writeExecuteNever
                && hardwareAccessFlag == that.hardwareAccessFlag
                && hardwareDirtyState == that.hardwareDirtyState
                && asid == that.asid
                && asidBits == that.asidBits
                && vmid == that.vmid
                && vmidBits == that.vmidBits
                && bigEndian == that.bigEndian
                && cacheEnabled == that.cacheEnabled
                && forceWriteBack == that.forceWriteBack
                && largeAddresses == that.largeAddresses
                && anomalies.equals(that.anomalies);
    }

    @Override
    public int hashCode() {
        int registers = 31 * Long.hashCode(memoryAttributes) + (asid << 16 ^ vmid);
        return 31 * (31 * registers + roots.hashCode()) + regime.hashCode();
    }

    /** The root that serves an input address, or null: a translation fault at the start level. */
    public @Nullable TranslationRoot rootFor(long address) {
        for (int i = 0; i < roots.size(); i++) {
            TranslationRoot root = roots.get(i);
            if (root.serves(address)) {
                return root;
            }
        }
        return null;
    }

    /** Whether walks of that root really go through the data caches. */
    public boolean walksCacheable(TranslationRoot root) {
        return cacheEnabled && root.walks().cacheable();
    }
}
