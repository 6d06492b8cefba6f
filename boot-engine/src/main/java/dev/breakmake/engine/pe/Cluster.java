package dev.breakmake.engine.pe;

import dev.breakmake.engine.memory.Page;
import dev.breakmake.engine.memory.PhysicalBus;
import java.util.ArrayList;
import java.util.List;

/** The PEs of a machine and what they share: the bus, the events, the knowledge about table pages. One Inner Shareable domain. */
public final class Cluster {

    private final PhysicalBus bus;
    private final EventEmitter emitter;
    private final TableTracker tables;
    private boolean keepStale;
    private final List<ProcessingElement> elements = new ArrayList<>();

    /** A cluster of {@code count} PEs in reset, all of one model. */
    public Cluster(final PhysicalBus bus, final EventEmitter emitter, final PeIdentity model, final int count) {
        this.bus = bus;
        this.emitter = emitter;
        this.tables = new TableTracker(this, bus.memory());
        for (int id = 0; id < count; id++) {
            elements.add(new ProcessingElement(id, this, model));
        }
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
     * Makes the TLBs keep translations across descriptor and root writes until a TLB invalidate or a change of the regime's control
     * register, as real ones may; else every change is seen at once.
     */
    public void setKeepStale(final boolean keep) {
        keepStale = keep;
    }

    /** Whether TLBs keep translations that memory no longer holds. */
    boolean keepsStale() {
        return keepStale;
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

    /** Drops every translation held by software TLBs of all PEs. */
    public void forgetTranslations() {
        for (final ProcessingElement pe : elements) {
            pe.mmu.forgetAll();
        }
    }

    /** A valid descriptor was replaced: what was derived from it goes, everywhere. */
    void descriptorChanged(final Page page, final long pa, final long before) {
        final TableUse use = (TableUse) page.table;
        final boolean leaf = use != null && !use.stage2 && (use.levels == 1 << 3 || (before & 2) == 0);
        for (final ProcessingElement pe : elements) {
            if (keepStale) {
                pe.exitSoon();
            } else if (leaf) {
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
