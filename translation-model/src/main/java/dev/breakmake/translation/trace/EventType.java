package dev.breakmake.translation.trace;

import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.CacheMaintenance;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.ExceptionTaken;
import dev.breakmake.translation.event.Marker;
import dev.breakmake.translation.event.MemoryRead;
import dev.breakmake.translation.event.MemoryWrite;
import dev.breakmake.translation.event.PageRole;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.RegionDeclared;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.TranslationUse;

/** Types of events in stored form. The order is part of the format: append only. */
enum EventType {
    HEADER("header"),
    REGISTER_WRITE("register-write"),
    DESCRIPTOR_WRITE("descriptor-write"),
    TLB_INVALIDATE("tlbi"),
    BARRIER("barrier"),
    CONTEXT_SYNCHRONIZATION("cse"),
    MEMORY_WRITE("memory-write"),
    MEMORY_READ("memory-read"),
    PAGE_ROLE("page-role"),
    REGION_DECLARED("region"),
    CACHE_MAINTENANCE("cache"),
    TRANSLATION_USE("use"),
    PE_STATE("pe-state"),
    EXCEPTION_TAKEN("exception"),
    MARKER("marker");

    private static final EventType[] TYPES = values();
    private final String word;

    EventType(String word) {
        this.word = word;
    }

    /** Its word in the text form. */
    String word() {
        return word;
    }

    static int count() {
        return TYPES.length;
    }

    static EventType at(int index) {
        return TYPES[index];
    }

    @SuppressWarnings("IfChainToSwitch") // a switch over types is made at run time: milliseconds (decision 0600)
    static EventType of(TranslationEvent event) {
        if (event instanceof DescriptorWrite) {
            return DESCRIPTOR_WRITE;
        } else if (event instanceof Barrier) {
            return BARRIER;
        } else if (event instanceof TlbInvalidate) {
            return TLB_INVALIDATE;
        } else if (event instanceof ContextSynchronization) {
            return CONTEXT_SYNCHRONIZATION;
        } else if (event instanceof RegisterWrite) {
            return REGISTER_WRITE;
        } else if (event instanceof TranslationUse) {
            return TRANSLATION_USE;
        } else if (event instanceof MemoryWrite) {
            return MEMORY_WRITE;
        } else if (event instanceof MemoryRead) {
            return MEMORY_READ;
        } else if (event instanceof CacheMaintenance) {
            return CACHE_MAINTENANCE;
        } else if (event instanceof PeState) {
            return PE_STATE;
        } else if (event instanceof ExceptionTaken) {
            return EXCEPTION_TAKEN;
        } else if (event instanceof RegionDeclared) {
            return REGION_DECLARED;
        } else if (event instanceof PageRole) {
            return PAGE_ROLE;
        } else if (event instanceof Marker) {
            return MARKER;
        } else if (event instanceof TraceHeader) {
            return HEADER;
        }
        throw new IllegalArgumentException("no type of event for " + event.getClass());
    }
}
