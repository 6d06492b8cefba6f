package dev.breakmake.translation.event;

/** A named range of virtual addresses (from a layout file or the source of a trace); names findings and fingerprints. */
public record RegionDeclared(
        long sequence, int pe, long instructions, long pc, ExceptionLevel el, String name, AddressRange virtual)
        implements TranslationEvent {}
