package dev.breakmake.engine.pe;

import dev.breakmake.engine.memory.Page;
import dev.breakmake.engine.memory.PhysicalBus;
import dev.breakmake.translation.event.TranslationUse;
import dev.breakmake.translation.event.WriteOrigin;
import org.jspecify.annotations.Nullable;

/**
 * MMU front end of a PE: every data access and fetch goes through here. Hits in the software TLB of the current exception level cost
 * one compare; everything else (walks, devices, misalignment, table, code and watched pages, events) is the slow path.
 *
 * <p>Before a call the PE's {@code pc} and {@code instructions} must name the accessing instruction. Accesses raise
 * {@link GuestFault}.
 */
public final class Mmu {

    private static final int READ = 0;
    private static final int WRITE = 1;
    private static final int FETCH = 2;

    private final ProcessingElement pe;
    private final PhysicalBus bus;

    /** One software TLB per exception level, made when the level is first entered: most boots never leave EL2. */
    private final @Nullable SoftTlb[] tlbs = new SoftTlb[3];

    private final Walk walk;
    private final boolean fast;

    /** The software TLB of the current exception level. */
    public SoftTlb tlb;

    private int level = 2;

    /**
     * The front end of a PE.
     *
     * @param fast whether its software TLBs have fast entries
     */
    Mmu(final ProcessingElement pe, final boolean fast) {
        this.pe = pe;
        this.fast = fast;
        this.bus = pe.cluster().bus();
        this.walk = new Walk(pe);
        this.tlb = new SoftTlb(pe, fast);
        tlbs[2] = tlb;
    }

    void select(final int el) {
        level = el;
        SoftTlb selected = tlbs[el];
        if (selected == null) {
            selected = new SoftTlb(pe, fast);
            tlbs[el] = selected;
        }
        tlb = selected;
    }

    Walk walker() {
        return walk;
    }

    /** Whether data accesses at the current level go through the data cache. */
    public boolean cachesOn() {
        return pe.regime(pe.el).cachesOn();
    }

    /** Forgets every translation. The next instruction is fetched anew, so that its first use is seen where it happens. */
    void forgetAll() {
        pe.exitSoon();
        for (final SoftTlb each : tlbs) {
            if (each != null) {
                each.forgetAll();
            }
        }
    }

    /** Forgets the translations that a leaf descriptor gave; as {@link #forgetAll}, the next instruction is fetched anew. */
    void forgetLeaf(final long descriptorPa) {
        pe.exitSoon();
        for (final SoftTlb each : tlbs) {
            if (each != null) {
                each.forgetLeaf(descriptorPa);
            }
        }
    }

    void forgetStores(final Page page) {
        for (final SoftTlb each : tlbs) {
            if (each != null) {
                each.forgetStores(page);
            }
        }
    }

    void forgetLoads(final Page page) {
        for (final SoftTlb each : tlbs) {
            if (each != null) {
                each.forgetLoads(page);
            }
        }
    }

    /** Loads 8 bytes. */
    public long load64(final long va) {
        final SoftTlb t = tlb;
        final int index = (int) (va >>> Page.SHIFT) & SoftTlb.MASK;
        if ((va & (-Page.SIZE | 7)) == t.loadTags[index]) {
            return t.loadPages[index][((int) va & (Page.SIZE - 1)) >>> 3];
        }
        return load(va, 8);
    }

    /** Loads 4 bytes, zero extended. */
    public long load32(final long va) {
        final SoftTlb t = tlb;
        final int index = (int) (va >>> Page.SHIFT) & SoftTlb.MASK;
        if ((va & (-Page.SIZE | 3)) == t.loadTags[index]) {
            return t.loadPages[index][((int) va & (Page.SIZE - 1)) >>> 3] >>> (((int) va & 4) << 3) & 0xffff_ffffL;
        }
        return load(va, 4);
    }

    /** Loads 2 bytes, zero extended. */
    public long load16(final long va) {
        final SoftTlb t = tlb;
        final int index = (int) (va >>> Page.SHIFT) & SoftTlb.MASK;
        if ((va & (-Page.SIZE | 1)) == t.loadTags[index]) {
            return t.loadPages[index][((int) va & (Page.SIZE - 1)) >>> 3] >>> (((int) va & 6) << 3) & 0xffffL;
        }
        return load(va, 2);
    }

    /** Loads a byte, zero extended. */
    public long load8(final long va) {
        final SoftTlb t = tlb;
        final int index = (int) (va >>> Page.SHIFT) & SoftTlb.MASK;
        if ((va & -Page.SIZE) == t.loadTags[index]) {
            return t.loadPages[index][((int) va & (Page.SIZE - 1)) >>> 3] >>> (((int) va & 7) << 3) & 0xffL;
        }
        return load(va, 1);
    }

    /** Stores 8 bytes. */
    public void store64(final long va, final long value) {
        final SoftTlb t = tlb;
        final int index = (int) (va >>> Page.SHIFT) & SoftTlb.MASK;
        if ((va & (-Page.SIZE | 7)) == t.storeTags[index]) {
            t.storePages[index][((int) va & (Page.SIZE - 1)) >>> 3] = value;
            t.storeEpochs[index] = pe.barrierEpoch;
        } else {
            store(va, 8, value, WriteOrigin.STORE);
        }
    }

    /** Stores the low 4 bytes. */
    public void store32(final long va, final long value) {
        final SoftTlb t = tlb;
        final int index = (int) (va >>> Page.SHIFT) & SoftTlb.MASK;
        if ((va & (-Page.SIZE | 3)) == t.storeTags[index]) {
            merge(t.storePages[index], va, 0xffff_ffffL, ((int) va & 4) << 3, value);
            t.storeEpochs[index] = pe.barrierEpoch;
        } else {
            store(va, 4, value, WriteOrigin.STORE);
        }
    }

    /** Stores the low 2 bytes. */
    public void store16(final long va, final long value) {
        final SoftTlb t = tlb;
        final int index = (int) (va >>> Page.SHIFT) & SoftTlb.MASK;
        if ((va & (-Page.SIZE | 1)) == t.storeTags[index]) {
            merge(t.storePages[index], va, 0xffffL, ((int) va & 6) << 3, value);
            t.storeEpochs[index] = pe.barrierEpoch;
        } else {
            store(va, 2, value, WriteOrigin.STORE);
        }
    }

    /** Stores the low byte. */
    public void store8(final long va, final long value) {
        final SoftTlb t = tlb;
        final int index = (int) (va >>> Page.SHIFT) & SoftTlb.MASK;
        if ((va & -Page.SIZE) == t.storeTags[index]) {
            merge(t.storePages[index], va, 0xffL, ((int) va & 7) << 3, value);
            t.storeEpochs[index] = pe.barrierEpoch;
        } else {
            store(va, 1, value, WriteOrigin.STORE);
        }
    }

    /** Loads 1, 2, 4 or 8 bytes, zero extended. */
    public long read(final long va, final int size) {
        return switch (size) {
            case 1 -> load8(va);
            case 2 -> load16(va);
            case 4 -> load32(va);
            default -> load64(va);
        };
    }

    /** Stores 1, 2, 4 or 8 bytes; whoever sees the store is told its origin. */
    public void write(final long va, final int size, final long value, final WriteOrigin origin) {
        final SoftTlb t = tlb;
        final int index = (int) (va >>> Page.SHIFT) & SoftTlb.MASK;
        if ((va & (-Page.SIZE | size - 1)) != t.storeTags[index]) {
            store(va, size, value, origin);
            return;
        }
        if (size == 8) {
            t.storePages[index][((int) va & (Page.SIZE - 1)) >>> 3] = value;
        } else {
            merge(t.storePages[index], va, (1L << (size << 3)) - 1, ((int) va & 7) << 3, value);
        }
        t.storeEpochs[index] = pe.barrierEpoch;
    }

    private static void merge(final long[] words, final long va, final long mask, final int shift, final long value) {
        final int word = ((int) va & (Page.SIZE - 1)) >>> 3;
        words[word] = words[word] & ~(mask << shift) | (value & mask) << shift;
    }

    private TlbEntry entry(final long va, final int size, final int access) {
        TlbEntry entry = tlb.entry(va);
        if (entry == null) {
            final int status = walk.walk(va, level, true);
            if (status >= 0) {
                throw fault(status, access, va);
            }
            entry = new TlbEntry(va, walk);
            tlb.enter(entry);
        }
        final boolean allowed = switch (access) {
            case READ -> entry.readable;
            case WRITE -> entry.writable;
            default -> entry.executable;
        };
        if (!allowed) {
            throw permissionFault(va, access);
        }
        if (entry.device && access != FETCH && (va & size - 1) != 0) {
            throw GuestFault.abort(false, Walk.ALIGNMENT, access == WRITE, va, 0, 0);
        }
        return entry;
    }

    /** A permission fault belongs to the stage that denies the access. */
    private GuestFault permissionFault(final long va, final int access) {
        final int full = walk.walk(va, level, false);
        final boolean first = full < 0
                && switch (access) {
                    case READ -> walk.readable;
                    case WRITE -> walk.writable;
                    default -> walk.executable;
                };
        if (!first) {
            return GuestFault.abort(access == FETCH, Walk.PERMISSION + walk.level, access == WRITE, va, 0, 0);
        }
        final long ipa = walk.pa;
        walk.walk(va, level, true);
        return GuestFault.abort(
                access == FETCH, Walk.PERMISSION + walk.level2, access == WRITE, va, ipa, GuestFault.STAGE2);
    }

    private GuestFault fault(final int status, final int access, final long va) {
        final int extra = (walk.faultStage2 ? GuestFault.STAGE2 : 0) | (walk.faultOnWalk ? GuestFault.S1PTW : 0);
        return GuestFault.abort(access == FETCH, status, access == WRITE, va, walk.faultStage2 ? walk.ipa : 0, extra);
    }

    private void used(final TlbEntry entry, final long va, final TranslationUse.Kind kind) {
        final boolean fetch = kind == TranslationUse.Kind.FETCH;
        if (fetch ? entry.fetched : entry.loadedOrStored) {
            return;
        }
        if (fetch) {
            entry.fetched = true;
        } else {
            entry.loadedOrStored = true;
        }
        tellUse(entry, va, kind);
    }

    private void tellUse(final TlbEntry entry, final long va, final TranslationUse.Kind kind) {
        final EventEmitter emitter = pe.cluster().emitter();
        if (!emitter.enabled()) {
            return;
        }
        final boolean fetch = kind == TranslationUse.Kind.FETCH;
        if (entry.use == null) {
            if (pe.firstFlatUse(fetch, entry.stamp)) {
                emitter.translationUse(pe, kind, va, false, -1, 0, 0);
            }
        } else if (entry.use.firstUse(pe.id, fetch, (int) entry.descriptorPa >>> 3 & 511, entry.stamp)) {
            emitter.translationUse(pe, kind, va, false, entry.level, entry.descriptorPa, entry.descriptor);
        }
        if (entry.use2 != null
                && entry.use2.firstUse(pe.id, fetch, (int) entry.descriptorPa2 >>> 3 & 511, entry.stamp)) {
            emitter.translationUse(
                    pe, kind, entry.ipa | va & 0xfff, true, entry.level2, entry.descriptorPa2, entry.descriptor2);
        }
    }

    /** Loads 1, 2, 4 or 8 bytes at any alignment; the slow path of the fixed-size loads. */
    public long load(final long va, final int size) {
        if ((va & size - 1) != 0) {
            return loadMisaligned(va, size);
        }
        final TlbEntry entry = entry(va, size, READ);
        used(entry, va, TranslationUse.Kind.LOAD);
        final long pa = entry.pa | va & Page.SIZE - 1;
        final Page page = entry.page;
        if (page == null) {
            return device(pa, va, false).read(pa - base, size, pe.id);
        }
        if (!pe.cluster().emitter().enabled() || cachesOn() && (page.flags & Page.MAILBOX) == 0) {
            tlb.fillLoad(va, page);
        } else if ((page.flags & Page.TABLE) == 0) {
            pe.cluster().emitter().memoryRead(pe, pa, va, size, entry.cacheable);
        }
        return extract(page.words, va, size);
    }

    private static long extract(final long[] words, final long va, final int size) {
        final long word = words[((int) va & Page.SIZE - 1) >>> 3] >>> (((int) va & 7) << 3);
        return size == 8 ? word : word & (1L << (size << 3)) - 1;
    }

    private long base;

    private dev.breakmake.engine.device.MmioDevice device(final long pa, final long va, final boolean write) {
        final PhysicalBus.@Nullable Window window = bus.window(pa);
        if (window == null) {
            throw GuestFault.abort(false, Walk.EXTERNAL, write, va, 0, 0);
        }
        base = window.base();
        return window.device();
    }

    private long loadMisaligned(final long va, final int size) {
        checkMisaligned(va, size, READ);
        entry(va + size - 1, 1, READ);
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= load8(va + i) << (i << 3);
        }
        return value;
    }

    private void checkMisaligned(final long va, final int size, final int access) {
        if (pe.regime(pe.el).alignmentCheck) {
            throw GuestFault.abort(false, Walk.ALIGNMENT, access == WRITE, va, 0, 0);
        }
        entry(va, size, access);
    }

    /** Stores 1, 2, 4 or 8 bytes at any alignment; the slow path of the fixed-size stores. */
    public void store(final long va, final int size, final long value, final WriteOrigin origin) {
        if ((va & size - 1) != 0) {
            storeMisaligned(va, size, value, origin);
            return;
        }
        final TlbEntry entry = entry(va, size, WRITE);
        used(entry, va, TranslationUse.Kind.STORE);
        final long pa = entry.pa | va & Page.SIZE - 1;
        final Page page = entry.page;
        if (page == null) {
            device(pa, va, true).write(pa - base, size, value, pe.id);
            return;
        }
        final boolean shared = (page.flags & Page.SHARED) != 0;
        final long[] words = page.own();
        if (shared) {
            pe.cluster().wordsReplaced(page);
        }
        page.lastStore = pe.storeStamp();
        final int word = ((int) va & Page.SIZE - 1) >>> 3;
        final long before = words[word];
        if (size == 8) {
            words[word] = value;
        } else {
            merge(words, va, (1L << (size << 3)) - 1, ((int) va & 7) << 3, value);
        }
        stored(entry, page, word, pa, va, size, before, origin);
    }

    private void stored(
            final TlbEntry entry,
            final Page page,
            final int word,
            final long pa,
            final long va,
            final int size,
            final long before,
            final WriteOrigin origin) {
        final Cluster cluster = pe.cluster();
        if ((page.flags & Page.CODE) != 0) {
            page.flags |= Page.WATCH;
            cluster.codeChanged(page);
        }
        if ((page.flags & Page.TABLE) != 0) {
            if (cluster.tables()
                    .stored(pe, page, word, pa, size, before, page.words[word], entry.cacheable, va, origin)) {
                cluster.descriptorChanged(pe, page, pa, before);
            }
            return;
        }
        final EventEmitter emitter = cluster.emitter();
        if (emitter.enabled() && ((page.flags & Page.WATCH) != 0 || !cachesOn())) {
            emitter.memoryWrite(pe, pa, va, size, entry.cacheable);
        } else if ((page.flags & Page.SLOW_STORE) == 0) {
            tlb.fillStore(va, page, pe.barrierEpoch);
        }
    }

    private void storeMisaligned(final long va, final int size, final long value, final WriteOrigin origin) {
        checkMisaligned(va, size, WRITE);
        entry(va + size - 1, 1, WRITE);
        for (int i = 0; i < size; i++) {
            store(va + i, 1, value >>> (i << 3) & 0xff, origin);
        }
    }

    /**
     * The page an instruction is fetched from.
     *
     * @throws GuestFault if the fetch aborts
     */
    public Page fetch(final long va) {
        final int index = SoftTlb.index(va);
        final Page hit = tlb.fetchPages[index];
        if (tlb.fetchTags[index] == (va & -Page.SIZE) && hit != null) {
            return hit;
        }
        final TlbEntry entry = entry(va, 4, FETCH);
        used(entry, va, TranslationUse.Kind.FETCH);
        final Page page = entry.page;
        if (page == null) {
            throw GuestFault.abort(true, Walk.EXTERNAL, false, va, 0, 0);
        }
        tlb.fillFetch(va, page);
        return page;
    }

    /** Marks a page as holding decoded instructions. */
    public void holdsCode(final Page page, final Object code) {
        page.code = code;
        page.flags |= Page.CODE;
        pe.cluster().forgetStores(page);
    }

    /** Physical address of a data access without performing it; used by exclusives, zeroing and maintenance by address. */
    long translate(final long va, final boolean write, final TranslationUse.Kind kind) {
        final TlbEntry entry = entry(va, 1, write ? WRITE : READ);
        used(entry, va, kind);
        return entry.pa | va & Page.SIZE - 1;
    }

    /** Clears an aligned block of 8-byte multiples, as DC ZVA does. */
    public void zero(final long va, final int bytes) {
        final int index = SoftTlb.index(va);
        if (tlb.storeTags[index] == (va & -Page.SIZE)) {
            final int word = ((int) va & Page.SIZE - 1) >>> 3;
            java.util.Arrays.fill(tlb.storePages[index], word, word + (bytes >>> 3), 0L);
            tlb.storeEpochs[index] = pe.barrierEpoch;
            return;
        }
        final TlbEntry entry = entry(va, 1, WRITE);
        if (entry.device) {
            throw GuestFault.abort(false, Walk.ALIGNMENT, true, va, 0, 0);
        }
        for (int i = 0; i < bytes; i += 8) {
            store(va + i, 8, 0, WriteOrigin.ZERO);
        }
    }

    /** Runs accesses as if at another exception level (unprivileged loads and stores). */
    public void asLevel(final int el, final Runnable access) {
        final int own = level;
        select(el);
        try {
            access.run();
        } finally {
            select(own);
        }
    }
}
