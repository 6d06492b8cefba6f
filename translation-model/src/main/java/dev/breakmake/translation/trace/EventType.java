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

    static EventType of(TranslationEvent event) {
        return switch (event) {
            case TraceHeader e -> HEADER;
            case RegisterWrite e -> REGISTER_WRITE;
            case DescriptorWrite e -> DESCRIPTOR_WRITE;
            case TlbInvalidate e -> TLB_INVALIDATE;
            case Barrier e -> BARRIER;
            case ContextSynchronization e -> CONTEXT_SYNCHRONIZATION;
            case MemoryWrite e -> MEMORY_WRITE;
            case MemoryRead e -> MEMORY_READ;
            case PageRole e -> PAGE_ROLE;
            case RegionDeclared e -> REGION_DECLARED;
            case CacheMaintenance e -> CACHE_MAINTENANCE;
            case TranslationUse e -> TRANSLATION_USE;
            case PeState e -> PE_STATE;
            case ExceptionTaken e -> EXCEPTION_TAKEN;
            case Marker e -> MARKER;
        };
    }
}
