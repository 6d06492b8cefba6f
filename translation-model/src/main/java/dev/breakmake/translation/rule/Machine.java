package dev.breakmake.translation.rule;

import dev.breakmake.translation.cache.LineStates;
import dev.breakmake.translation.descriptor.Descriptor;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.event.Feature;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.register.HypervisorConfiguration;
import dev.breakmake.translation.register.Implementation;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.tlb.Geometry;
import dev.breakmake.translation.tlb.MayHold;
import dev.breakmake.translation.tlb.Tree;

/** Everything rules may look at, gathered: the run's header, its PEs, what TLBs and caches may hold, and whom to tell. */
public final class Machine {
    private final TraceHeader header;
    private final MayHold mayHold;
    private final LineStates lines;
    private final PeModel[] pes;
    private final Clock clock;
    private final Reporter reporter;
    private final Profile profile;
    private final boolean[] seen = new boolean[Capability.values().length];
    private final boolean[] features = new boolean[Feature.values().length];

    /** Makes the machine a header describes, before its first event. */
    public Machine(TraceHeader header, Clock clock, Reporter reporter, Profile profile) {
        this.header = header;
        this.clock = clock;
        this.reporter = reporter;
        this.profile = profile;
        for (Capability capability : Capability.values()) {
            seen[capability.ordinal()] = !header.notObservable().contains(capability);
        }
        for (Feature feature : header.features()) {
            features[feature.ordinal()] = true;
        }
        boolean setupUnknown = header.notObservable().contains(Capability.SETUP);
        mayHold = new MayHold(header.peCount(), header.architecture(), setupUnknown);
        lines = new LineStates(header);
        Implementation implementation = Implementation.of(header);
        pes = new PeModel[header.peCount()];
        for (int i = 0; i < pes.length; i++) {
            pes[i] = new PeModel(implementation, header);
        }
    }

    /** The header. */
    public TraceHeader header() {
        return header;
    }

    /** Whether the backend sees something. */
    public boolean sees(Capability capability) {
        return seen[capability.ordinal()];
    }

    /** Whether the machine has a feature. */
    public boolean has(Feature feature) {
        return features[feature.ordinal()];
    }

    /** What TLBs may hold. */
    public MayHold mayHold() {
        return mayHold;
    }

    /** What data caches may hold. */
    public LineStates lines() {
        return lines;
    }

    /** One PE. */
    public PeModel pe(int id) {
        return pes[id];
    }

    /** Number of PEs. */
    public int peCount() {
        return pes.length;
    }

    /** Time. */
    public Clock clock() {
        return clock;
    }

    /** Whom to tell. */
    public Reporter reporter() {
        return reporter;
    }

    /** The profile. */
    public Profile profile() {
        return profile;
    }

    /** The hypervisor's own regime on a PE: EL2, EL2&amp;0 under VHE, or HYP. */
    public Regime hypervisorRegime(int pe) {
        return pes[pe].hypervisorRegime();
    }

    /** Whether EL2 of a PE has two ranges and ASIDs (HCR_EL2.E2H), its MMU on or off. */
    public boolean hostExtensions(int pe) {
        return header.architecture() == Architecture.AARCH64 && hypervisor(pe).hostExtensions();
    }

    /** Whether E1 TLB maintenance of a PE reaches EL2&amp;0 (HCR_EL2.E2H and TGE). */
    public boolean hostRegime(int pe) {
        return hostExtensions(pe) && hypervisor(pe).trapGeneral();
    }

    private HypervisorConfiguration hypervisor(int pe) {
        return new HypervisorConfiguration(pes[pe].registers().value(TranslationRegister.HCR_EL2));
    }

    /** Name of a regime as reports write it. */
    public static String name(Regime regime) {
        return switch (regime) {
            case EL2 -> "EL2";
            case EL2_0 -> "EL2&0";
            case EL1_0 -> "EL1&0";
            case STAGE2 -> "stage 2";
            case HYP -> "Hyp";
            case PL1_0 -> "PL1&0";
        };
    }

    /** VMID and ASID of a tree as reports write them, empty if it has none. */
    public static String tag(Tree tree) {
        Regime regime = tree.space().regime();
        String vmid = regime.hasVmids() ? "VMID " + tree.space().vmid() : "";
        String asid = regime.hasAsids() ? "ASID " + tree.asid() : "";
        return vmid.isEmpty() || asid.isEmpty() ? vmid + asid : vmid + ", " + asid;
    }

    /** A descriptor in words. */
    public static String text(Geometry geometry, int level, long descriptor) {
        return Descriptor.decode(geometry.format(), level, descriptor).text();
    }

    /** The PEs of a mask in words, e.g. {@code PE0, PE2}. */
    public static String pes(long mask) {
        StringBuilder text = new StringBuilder();
        for (long m = mask; m != 0; m &= m - 1) {
            text.append(text.isEmpty() ? "PE" : ", PE").append(Long.numberOfTrailingZeros(m));
        }
        return text.isEmpty() ? "no PE" : text.toString();
    }

    /** Place of a violation in a tree. */
    public static Reporter.Place place(Tree tree, int level, long pc, long pes, long start) {
        Geometry geometry = tree.geometry();
        return new Reporter.Place(
                name(geometry.regime()), tag(tree), level, pc, pes, start, 1L << geometry.shift(level));
    }
}
