package dev.breakmake.engine.pe;

import dev.breakmake.engine.memory.GuestMemory;
import dev.breakmake.engine.memory.Page;
import dev.breakmake.engine.memory.PhysicalBus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The PEs of a machine and what they share: the bus, the events, the knowledge about table pages. One Inner Shareable domain. */
public final class Cluster {

    private final PhysicalBus bus;
    private final EventEmitter emitter;
    private final TableTracker tables;
    private @Nullable TlbAdversary adversary;
    private final List<ProcessingElement> elements = new ArrayList<>();

    /** A cluster of {@code count} PEs in reset, all of one model. */
    public Cluster(final PhysicalBus bus, final EventEmitter emitter, final PeIdentity model, final int count) {
        this(bus, emitter, model, count, true);
    }

    private Cluster(
            final PhysicalBus bus,
            final EventEmitter emitter,
            final PeIdentity model,
            final int count,
            final boolean fast) {
        this.bus = bus;
        this.emitter = emitter;
        this.tables = new TableTracker(this, bus.memory());
        for (int id = 0; id < count; id++) {
            elements.add(new ProcessingElement(id, this, model, fast));
        }
    }

    /** The same for programs of some hundred operations: its PEs lack what only more of them would earn back. */
    public static Cluster small(
            final PhysicalBus bus, final EventEmitter emitter, final PeIdentity model, final int count) {
        return new Cluster(bus, emitter, model, count, false);
    }

    /** Number of PEs. */
    public int size() {
        return elements.size();
    }

    /** A PE by its number, from 0. */
    public ProcessingElement pe(final int id) {
        return elements.get(id);
    }

    /** All PEs in order. */
    public List<ProcessingElement> elements() {
        return List.copyOf(elements);
    }

    /** The bus all PEs are on. */
    public PhysicalBus bus() {
        return bus;
    }

    /** Where events go. */
    public EventEmitter emitter() {
        return emitter;
    }

    /**
     * Makes TLBs and walk caches hold and serve what they may, as real ones do; else every change is seen at once. Call before the
     * first PE starts.
     *
     * @param seed draws what is held; 0 holds everything the policy allows
     */
    public void setAdversary(final TlbAdversary.Policy policy, final long seed) {
        adversary = new TlbAdversary(this, policy, seed);
    }

    /** Takes over what the TLBs of the cluster this one is a fork of hold. */
    public void setAdversary(final @Nullable TlbAdversary from) {
        adversary = from == null ? null : new TlbAdversary(this, from);
    }

    /** What serves stale translations, or null if nothing does. */
    public @Nullable TlbAdversary adversary() {
        return adversary;
    }

    TableTracker tables() {
        return tables;
    }

    /** Sends every PE an event for WFE. */
    void sendEvent() {
        for (final ProcessingElement pe : elements) {
            pe.signalEvent();
        }
    }

    /**
     * A copy of the memory for a snapshot or a fork. Software TLBs are dropped first: pages learn their latest stores from them, and no
     * store may bypass the copy on write.
     */
    public GuestMemory forkMemory() {
        forgetTranslations();
        return bus.memory().fork(TableUse::copy);
    }

    /** A copy of the memory of a snapshot, which no PE is attached to. */
    public static GuestMemory forkMemory(final GuestMemory snapshot) {
        return snapshot.fork(TableUse::copy);
    }

    /** Drops every translation held by software TLBs of all PEs. */
    public void forgetTranslations() {
        for (final ProcessingElement pe : elements) {
            pe.mmu.forgetAll();
        }
    }

    /** A valid descriptor was replaced: what was derived from it goes, everywhere. */
    void descriptorChanged(final ProcessingElement storer, final Page page, final long pa, final long before) {
        final TableUse use = (TableUse) page.table;
        final boolean leaf = use != null && !use.stage2 && (use.levels == 1 << 3 || (before & 2) == 0);
        if (adversary != null) {
            adversary.descriptorReplaced(storer, pa & -8L, before);
            forgetTranslations();
            return;
        }
        for (final ProcessingElement pe : elements) {
            if (leaf) {
                pe.mmu.forgetLeaf(pa & -8L);
            } else {
                pe.mmu.forgetAll();
            }
        }
    }

    /** Takes a page that must see every store from now on out of all store TLBs. */
    void forgetStores(final Page page) {
        if ((page.flags & Page.IN_STORE_TLB) != 0) {
            page.flags &= ~Page.IN_STORE_TLB;
            for (final ProcessingElement pe : elements) {
                pe.mmu.forgetStores(page);
            }
        }
    }

    /** A shared page got words of its own: no software TLB may hold the old ones. */
    void wordsReplaced(final Page page) {
        if ((page.flags & Page.IN_LOAD_TLB) != 0) {
            page.flags &= ~Page.IN_LOAD_TLB;
            for (final ProcessingElement pe : elements) {
                pe.mmu.forgetLoads(page);
            }
        }
    }

    /** Code in the page changed: every PE must look again before its next instruction. */
    void codeChanged(final Page page) {
        page.code = null;
        page.flags &= ~Page.CODE;
        for (final ProcessingElement pe : elements) {
            pe.exitSoon();
        }
    }
}
