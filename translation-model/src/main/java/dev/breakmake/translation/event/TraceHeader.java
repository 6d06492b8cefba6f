package dev.breakmake.translation.event;

import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/**
 * The first event of a run, once: the machine and what its backend can see.
 *
 * @param architecture execution state of the image
 * @param peCount number of PEs of the machine
 * @param idRegisters identification registers by Arm ARM name, e.g. {@code ID_AA64MMFR0_EL1}
 * @param features features the rules ask about
 * @param bbmLevel FEAT_BBM level, 0 to 2
 * @param cacheLineBytes data cache line size (CTR.DminLine) in bytes
 * @param paBits implemented physical address size in bits
 * @param ram RAM ranges by physical address
 * @param regions image and modules by physical address
 * @param handOver what the boot protocol leaves open
 * @param backend name and version of what executed the run, e.g. {@code engine 0.1} or {@code qemu 7.2.22}
 * @param notObservable what that backend cannot see
 * @param interleaving how PEs were interleaved, e.g. {@code round-robin 1000} or {@code seeded 42}; {@code real-time} if not
 *     reproducible
 */
public record TraceHeader(
        Architecture architecture,
        int peCount,
        SortedMap<String, Long> idRegisters,
        Set<Feature> features,
        int bbmLevel,
        int cacheLineBytes,
        int paBits,
        List<AddressRange> ram,
        List<NamedRegion> regions,
        HandOver handOver,
        String backend,
        Set<Capability> notObservable,
        String interleaving)
        implements TranslationEvent {

    /** The same kind of machine with other PEs, RAM and regions. */
    public TraceHeader with(int otherCount, List<AddressRange> otherRam, List<NamedRegion> otherRegions) {
        return new TraceHeader(
                architecture,
                otherCount,
                idRegisters,
                features,
                bbmLevel,
                cacheLineBytes,
                paBits,
                otherRam,
                otherRegions,
                handOver,
                backend,
                notObservable,
                interleaving);
    }

    @Override
    public long sequence() {
        return 0;
    }

    @Override
    public int pe() {
        return 0;
    }

    @Override
    public long instructions() {
        return 0;
    }

    @Override
    public long pc() {
        return 0;
    }

    @Override
    public ExceptionLevel el() {
        return handOver.entryLevel();
    }
}
