package dev.breakmake.translation.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.CacheMaintenance;
import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.ExceptionTaken;
import dev.breakmake.translation.event.Feature;
import dev.breakmake.translation.event.HandOver;
import dev.breakmake.translation.event.MemoryRead;
import dev.breakmake.translation.event.MemoryWrite;
import dev.breakmake.translation.event.NamedRegion;
import dev.breakmake.translation.event.PageRole;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.RegionDeclared;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.event.TranslationUse;
import dev.breakmake.translation.event.WriteOrigin;
import dev.breakmake.translation.finding.Finding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A run written by hand: small steps with the field's names, each one event, checked at the end. The tables are those of {@link
 * World}; lines that are not set-up are kept as text for docs/rules.md.
 */
final class Scenario {
    /** Address the code of a scenario runs at: identity-mapped in every world. */
    static final long CODE = 0x4020_0000L;

    final World world;
    private final Architecture architecture;
    private final Set<Feature> features = EnumSet.noneOf(Feature.class);
    private final Set<Capability> hidden = EnumSet.noneOf(Capability.class);
    private final Map<Long, Long> memory = new HashMap<>();
    private final List<TranslationEvent> events = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private final TreeMap<String, Long> idRegisters = new TreeMap<>();
    private int peCount = 2;
    private int bbmLevel;
    private HandOver handOver =
            new HandOver(ExceptionLevel.EL2, true, HandOver.LineState.CLEAN_STALE, HandOver.LineState.ABSENT);
    private int pe;
    private long sequence = 1;
    private long pc = CODE;
    private boolean quiet;
    private final Map<Integer, ExceptionLevel> levels = new HashMap<>();
    private CheckerOptions options = CheckerOptions.defaults();

    private Scenario(World world) {
        this.world = world;
        this.architecture = world.aarch32() ? Architecture.AARCH32 : Architecture.AARCH64;
    }

    /** A world before its MMU is on: tables written with caches off, registers untouched. */
    static Scenario off(World world) {
        Scenario s = new Scenario(world);
        s.quiet = true;
        world.tables().forEach((pa, value) -> s.write(pa, value, 8, false, WriteOrigin.STORE));
        s.quiet = false;
        return s;
    }

    /** A world with the regime on, on PE0, everything compliant so far. */
    static Scenario on(World world) {
        Scenario s = off(world);
        s.quiet = true;
        s.invalidateTables().dsb(Shareability.SY).enable();
        s.quiet = false;
        return s;
    }

    static Scenario el2() {
        return on(World.EL2);
    }

    static Scenario hyp() {
        return on(World.HYP);
    }

    static Scenario stage2() {
        return on(World.STAGE2);
    }

    static Scenario el1() {
        return on(World.EL1);
    }

    /** Runs steps as set-up: they are not shown. */
    Scenario setup(Consumer<Scenario> steps) {
        quiet = true;
        steps.accept(this);
        quiet = false;
        return this;
    }

    Scenario with(Feature... some) {
        features.addAll(List.of(some));
        return this;
    }

    Scenario hidden(Capability... some) {
        hidden.addAll(List.of(some));
        return this;
    }

    Scenario handOver(boolean tlbUnknown, HandOver.LineState image, HandOver.LineState other) {
        handOver = new HandOver(ExceptionLevel.EL2, tlbUnknown, image, other);
        return this;
    }

    Scenario bbmLevel(int level) {
        bbmLevel = level;
        return this;
    }

    Scenario profile(Profile profile) {
        options = options.withProfile(profile);
        return this;
    }

    Scenario pes(int count) {
        peCount = count;
        return this;
    }

    /** The steps that follow are this PE's. */
    Scenario pe(int number) {
        pe = number;
        return this;
    }

    /** The steps that follow run at this address. */
    Scenario at(long address) {
        pc = address;
        return this;
    }

    /** Invalidates every table page to the point of coherency. */
    Scenario invalidateTables() {
        dmbSt();
        world.pages().forEach(pa -> maintain(CacheOperation.DC_IVAC, pa, 4096));
        return this;
    }

    /** The whole of a compliant enable: TLBI ALL, DSB, registers, ISB, M, ISB. */
    Scenario enable() {
        return enable(Map.of());
    }

    /** The same with some registers written with other values. */
    Scenario enable(Map<TranslationRegister, Long> instead) {
        tlbi(world.all(), Shareability.NSH).dsb(Shareability.NSH);
        world.registers().forEach((register, value) -> msr(register, instead.getOrDefault(register, value)));
        isb();
        msr(world.control(), instead.getOrDefault(world.control(), world.controlOn()));
        return isb().enter(world.level());
    }

    /** A world with the regime on, enabled with some registers of other values. */
    static Scenario on(World world, TranslationRegister register, long value) {
        Scenario s = off(world);
        s.quiet = true;
        s.invalidateTables().dsb(Shareability.SY);
        s.quiet = false;
        return s.enable(Map.of(register, value));
    }

    /** Declares an identification register. */
    Scenario id(String name, long value) {
        idRegisters.put(name, value);
        return this;
    }

    Scenario dmbSt() {
        line("DMB ISHST");
        return add(new Barrier(
                sequence,
                pe,
                sequence,
                pc,
                level(),
                Barrier.Kind.DMB,
                Shareability.ISH,
                Barrier.AccessTypes.ST,
                false));
    }

    /** A data abort with a TLB conflict status. */
    Scenario conflictAbort(long va) {
        line("TLB conflict abort at 0x%x".formatted(va));
        return add(new ExceptionTaken(
                sequence, pe, sequence, pc, level(), ExceptionLevel.EL2, 0x9600_0030L, va, 0, 0x200, List.of()));
    }

    Scenario role(PageRole.Role role, long pa, long argument) {
        line("page 0x%x: %s 0x%x".formatted(pa, role, argument));
        return add(new PageRole(sequence, pe, sequence, pc, level(), role, pa, 4096, argument));
    }

    /** Brings another PE up on the same tables. */
    Scenario bringUp(int number) {
        boolean before = quiet;
        quiet = true;
        int now = pe;
        pe(number).state(PeState.Change.CPU_ON, CODE).enable().pe(now);
        quiet = before;
        return this;
    }

    /** Another PE comes up with stage 2 on and no guest entered; the steps that follow are its own. */
    Scenario bringUpHost(int number) {
        boolean before = quiet;
        quiet = true;
        pe(number).state(PeState.Change.CPU_ON, CODE);
        world.registers().forEach(this::msr);
        tlbi(world.all(), Shareability.NSH).dsb(Shareability.NSH).isb();
        msr(world.control(), world.controlOn()).isb();
        quiet = before;
        return this;
    }

    Scenario enter(ExceptionLevel level) {
        if (levels.getOrDefault(pe, ExceptionLevel.EL2) != level) {
            levels.put(pe, level);
            state(PeState.Change.EL_CHANGE, 0);
        }
        return this;
    }

    /** The PE is at another level from here on, which only its next event says. */
    Scenario now(ExceptionLevel level) {
        levels.put(pe, level);
        return this;
    }

    Scenario write(long pa, long value) {
        return write(pa, value, 8, true, WriteOrigin.STORE);
    }

    Scenario writeUncached(long pa, long value) {
        return write(pa, value, 8, false, WriteOrigin.STORE);
    }

    Scenario write(long pa, long value, int size, boolean cacheable, WriteOrigin origin) {
        long old = memory.getOrDefault(pa & -8L, 0L);
        memory.put(pa & -8L, value);
        line("%s = %s%s".formatted(world.name(pa), world.text(pa, value), cacheable ? "" : "   (data cache off)"));
        return add(
                new DescriptorWrite(sequence, pe, sequence, pc, level(), pa, size, old, value, cacheable, pa, origin));
    }

    Scenario msr(TranslationRegister register, long value) {
        line("%s = 0x%x".formatted(register, value));
        return add(new RegisterWrite(sequence, pe, sequence, pc, level(), register, value));
    }

    Scenario dsb(Shareability domain) {
        return barrier(domain, Barrier.AccessTypes.ALL);
    }

    Scenario dsbSt(Shareability domain) {
        return barrier(domain, Barrier.AccessTypes.ST);
    }

    /** The nXS form of FEAT_XS. */
    Scenario dsbNxs(Shareability domain) {
        line("DSB " + domain + "nXS");
        return add(new Barrier(
                sequence, pe, sequence, pc, level(), Barrier.Kind.DSB, domain, Barrier.AccessTypes.ALL, true));
    }

    /** The nXS form of FEAT_XS. */
    Scenario tlbiNxs(TlbOperation operation, Shareability domain) {
        line("TLBI " + operation + (domain == Shareability.NSH ? "" : "IS") + "nXS");
        return add(new TlbInvalidate(sequence, pe, sequence, pc, level(), operation, 0, domain, true));
    }

    private Scenario barrier(Shareability domain, Barrier.AccessTypes types) {
        line("DSB " + domain + (types == Barrier.AccessTypes.ST ? "ST" : ""));
        return add(new Barrier(sequence, pe, sequence, pc, level(), Barrier.Kind.DSB, domain, types, false));
    }

    Scenario isb() {
        line("ISB");
        return add(new ContextSynchronization(sequence, pe, sequence, pc, level(), ContextSynchronization.Cause.ISB));
    }

    Scenario tlbi(TlbOperation operation, Shareability domain) {
        return tlbi(operation, 0, domain);
    }

    Scenario tlbi(TlbOperation operation, long operand, Shareability domain) {
        line("TLBI " + operation + (domain == Shareability.NSH ? "" : "IS")
                + (operand == 0 ? "" : ", 0x%x".formatted(operand)));
        return add(new TlbInvalidate(sequence, pe, sequence, pc, level(), operation, operand, domain, false));
    }

    /** By-address invalidate of the world's regime, Inner Shareable. */
    Scenario tlbiVa(long input) {
        return tlbi(world.byAddress(), world.operand(input), Shareability.ISH);
    }

    Scenario load(long va) {
        return use(TranslationUse.Kind.LOAD, va);
    }

    Scenario store(long va) {
        return use(TranslationUse.Kind.STORE, va);
    }

    Scenario fetch(long va) {
        return use(TranslationUse.Kind.FETCH, va);
    }

    Scenario use(TranslationUse.Kind kind, long va) {
        line("%s 0x%x".formatted(kind.name().toLowerCase(Locale.ROOT), va));
        int level = world.startLevel();
        long location = world.root() + 8 * world.index(va, level);
        long descriptor = memory.getOrDefault(location, 0L);
        while (level < 3 && (descriptor & 3) == 3) {
            level++;
            location = (descriptor & 0xffff_ffff_f000L) + 8 * world.index(va, level);
            descriptor = memory.getOrDefault(location, 0L);
        }
        return add(new TranslationUse(
                sequence, pe, sequence, pc, level(), kind, va, world == World.STAGE2, level, location, descriptor));
    }

    /** A use whose leaf the caller knows: tables that are not the world's. */
    Scenario useAt(TranslationUse.Kind kind, long va, int level, long location) {
        line("%s 0x%x".formatted(kind.name().toLowerCase(Locale.ROOT), va));
        long descriptor = memory.getOrDefault(location, 0L);
        return add(
                new TranslationUse(sequence, pe, sequence, pc, level(), kind, va, false, level, location, descriptor));
    }

    Scenario maintain(CacheOperation operation, long pa, long length) {
        line("%s 0x%x, %d bytes".formatted(operation.name().replace('_', ' '), pa, length));
        return add(new CacheMaintenance(sequence, pe, sequence, pc, level(), operation, pa, pa, length));
    }

    Scenario memoryWrite(long pa, long length, boolean cacheable) {
        line("store 0x%x, %d bytes, data cache %s".formatted(pa, length, cacheable ? "on" : "off"));
        return add(new MemoryWrite(sequence, pe, sequence, pc, level(), pa, pa, length, cacheable));
    }

    Scenario memoryRead(long pa, long length, boolean cacheable) {
        line("load 0x%x, %d bytes, data cache %s".formatted(pa, length, cacheable ? "on" : "off"));
        return add(new MemoryRead(sequence, pe, sequence, pc, level(), pa, pa, length, cacheable));
    }

    Scenario role(PageRole.Role role, long pa) {
        line("page 0x%x: %s".formatted(pa, role));
        return add(new PageRole(sequence, pe, sequence, pc, level(), role, pa, 4096, 0));
    }

    /** A hint that a range of memory was given back. */
    Scenario freed(long pa, long length) {
        line("memory [0x%x, 0x%x): FREED".formatted(pa, pa + length));
        return add(new PageRole(sequence, pe, sequence, pc, level(), PageRole.Role.FREED, pa, length, 0));
    }

    Scenario region(String name, long start, long size) {
        line("region %s [0x%x, 0x%x)".formatted(name, start, start + size));
        return add(
                new RegionDeclared(sequence, pe, sequence, pc, level(), name, new AddressRange(start, start + size)));
    }

    Scenario state(PeState.Change change, long argument) {
        line(change + (change == PeState.Change.EL_CHANGE ? " " + level() : ""));
        if (change == PeState.Change.CPU_ON || change == PeState.Change.RESET) {
            levels.put(pe, ExceptionLevel.EL2);
        }
        return add(new PeState(sequence, pe, sequence, pc, level(), change, argument));
    }

    private ExceptionLevel level() {
        return levels.getOrDefault(pe, ExceptionLevel.EL2);
    }

    private void line(String text) {
        if (!quiet) {
            lines.add("PE" + pe + "  " + text);
        }
    }

    private Scenario add(TranslationEvent event) {
        events.add(event);
        sequence++;
        pc += 4;
        return this;
    }

    /** The events, header first. */
    List<TranslationEvent> events() {
        List<TranslationEvent> all = new ArrayList<>();
        all.add(new TraceHeader(
                architecture,
                peCount,
                idRegisters,
                Set.copyOf(features),
                bbmLevel,
                64,
                40,
                List.of(new AddressRange(0x4000_0000L, 0x8000_0000L)),
                List.of(new NamedRegion("image", new AddressRange(0x4000_0000L, 0x4100_0000L))),
                handOver,
                "scenario",
                Set.copyOf(hidden),
                "by hand"));
        all.addAll(events);
        return all;
    }

    /** What the steps are, one a line. */
    List<String> lines() {
        return lines;
    }

    /** Rules the checker says it could not judge. */
    Map<RuleId, String> notObservable() {
        Checker checker = new Checker(options);
        events().forEach(checker::accept);
        checker.finish();
        return checker.notObservable();
    }

    List<Finding> findings() {
        Checker checker = new Checker(options);
        events().forEach(checker::accept);
        return checker.finish();
    }

    /** Exactly these rules are found broken, in any order. */
    List<Finding> expect(RuleId... rules) {
        List<Finding> findings = findings();
        assertThat(findings.stream()
                        .map(f -> f.rule().id() + ": " + f.message())
                        .toList())
                .extracting(text -> text.substring(0, text.indexOf(": ")))
                .as("findings of%n%s%n%s", String.join("\n", lines), describe(findings))
                .containsExactlyInAnyOrder(Arrays.stream(rules).map(RuleId::id).toArray(String[]::new));
        return findings;
    }

    private static String describe(List<Finding> findings) {
        StringBuilder text = new StringBuilder();
        findings.forEach(f -> text.append(f.rule())
                .append(' ')
                .append(f.severity().text())
                .append(": ")
                .append(f.message())
                .append('\n'));
        return text.toString();
    }

    void clean() {
        expect();
    }
}
