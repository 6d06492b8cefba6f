package dev.breakmake.translation.trace;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.HandOver;
import dev.breakmake.translation.event.Marker;
import dev.breakmake.translation.event.PageRole;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.event.TranslationUse;
import dev.breakmake.translation.event.WriteOrigin;

/**
 * Fields of events; each is a column of a chunk and a {@code name=value} of a text line. The order is part of the format: append
 * only. Enum values are stored by ordinal, so enums of the vocabulary are append only too.
 */
enum Field {
    REGISTER("register", TranslationRegister.class),
    REGISTER_VALUE("value", Shape.HEX),
    DESCRIPTOR_PA("pa", Shape.HEX),
    DESCRIPTOR_SIZE("size", Shape.DECIMAL),
    DESCRIPTOR_OLD("old", Shape.HEX, Coding.DELTA_OR_ZERO),
    DESCRIPTOR_NEW("new", Shape.HEX, Coding.DELTA_OR_ZERO),
    DESCRIPTOR_CACHEABLE("cacheable", Shape.FLAG),
    DESCRIPTOR_VA("va", Shape.HEX, DESCRIPTOR_PA),
    DESCRIPTOR_ORIGIN("origin", WriteOrigin.class),
    TLBI_OPERATION("op", TlbOperation.class),
    TLBI_OPERAND("operand", Shape.HEX, Coding.DELTA_OR_ZERO),
    TLBI_SHAREABILITY("domain", Shareability.class),
    TLBI_NXS("nxs", Shape.FLAG),
    BARRIER_KIND("kind", Barrier.Kind.class),
    BARRIER_DOMAIN("domain", Shareability.class),
    BARRIER_TYPES("types", Barrier.AccessTypes.class),
    BARRIER_NXS("nxs", Shape.FLAG),
    CSE_CAUSE("cause", ContextSynchronization.Cause.class),
    WRITE_PA("pa", Shape.HEX),
    WRITE_VA("va", Shape.HEX, WRITE_PA),
    WRITE_LENGTH("length", Shape.DECIMAL),
    WRITE_CACHEABLE("cacheable", Shape.FLAG),
    READ_PA("pa", Shape.HEX),
    READ_VA("va", Shape.HEX, READ_PA),
    READ_LENGTH("length", Shape.DECIMAL),
    READ_CACHEABLE("cacheable", Shape.FLAG),
    ROLE("role", PageRole.Role.class),
    ROLE_PA("pa", Shape.HEX),
    ROLE_LENGTH("length", Shape.DECIMAL),
    ROLE_ARGUMENT("argument", Shape.HEX),
    REGION_NAME("name", Shape.TEXT),
    REGION_START("start", Shape.HEX),
    REGION_END("end", Shape.HEX),
    CACHE_OPERATION("op", CacheOperation.class),
    CACHE_VA("va", Shape.HEX),
    CACHE_PA("pa", Shape.HEX, CACHE_VA),
    CACHE_LENGTH("length", Shape.DECIMAL),
    USE_KIND("kind", TranslationUse.Kind.class),
    USE_VA("va", Shape.HEX),
    USE_STAGE2("stage2", Shape.FLAG),
    USE_LEVEL("level", Shape.SIGNED),
    USE_DESCRIPTOR_PA("descriptor-pa", Shape.HEX),
    USE_DESCRIPTOR("descriptor", Shape.HEX, Coding.DELTA_OR_ZERO),
    STATE_CHANGE("change", PeState.Change.class),
    STATE_ARGUMENT("argument", Shape.HEX),
    EXCEPTION_TARGET("target", ExceptionLevel.class),
    EXCEPTION_SYNDROME("syndrome", Shape.HEX),
    EXCEPTION_ADDRESS("fault-address", Shape.HEX),
    EXCEPTION_IPA("fault-ipa", Shape.HEX),
    EXCEPTION_VECTOR("vector", Shape.SIGNED),
    EXCEPTION_WALK("walk", Shape.TEXT),
    MARKER_KIND("kind", Marker.Kind.class),
    MARKER_TEXT("text", Shape.TEXT),
    HEADER_ARCHITECTURE("architecture", Architecture.class),
    HEADER_PES("pes", Shape.SIGNED),
    HEADER_ID_REGISTERS("id-registers", Shape.TEXT),
    HEADER_FEATURES("features", Shape.TEXT),
    HEADER_BBM_LEVEL("bbm-level", Shape.SIGNED),
    HEADER_LINE("cache-line", Shape.SIGNED),
    HEADER_PA_BITS("pa-bits", Shape.SIGNED),
    HEADER_RAM("ram", Shape.TEXT),
    HEADER_REGIONS("regions", Shape.TEXT),
    HEADER_ENTRY_LEVEL("entry-level", ExceptionLevel.class),
    HEADER_TLB_UNKNOWN("tlb-unknown", Shape.FLAG),
    HEADER_IMAGE_LINES("image-lines", HandOver.LineState.class),
    HEADER_OTHER_LINES("other-lines", HandOver.LineState.class),
    HEADER_BACKEND("backend", Shape.TEXT),
    HEADER_NOT_OBSERVABLE("not-observable", Shape.TEXT),
    HEADER_INTERLEAVING("interleaving", Shape.TEXT);

    /** How a value looks to people and what it may be. */
    enum Shape {
        HEX,
        /** Unsigned. */
        DECIMAL,
        /** A 32-bit int. */
        SIGNED,
        FLAG,
        NAME,
        TEXT
    }

    /** How a number is stored in its column. */
    enum Coding {
        /** As an unsigned varint. */
        PLAIN,
        /** Zigzag of the difference to the previous value of the column. */
        DELTA,
        /** 0 as 0; anything else as 1 + zigzag of the difference to the previous value that was not 0. */
        DELTA_OR_ZERO,
        /** Difference to another field of the event, and of that the difference to the previous event's. */
        OFFSET,
        /** Length and UTF-8 bytes. */
        BYTES
    }

    private static final Field[] FIELDS = values();

    private final String word;
    private final Shape shape;
    private final Coding coding;
    private final int base;
    private final Class<? extends Enum<?>> names;

    Field(String word, Shape shape) {
        this(word, shape, defaultCoding(shape), -1, Coding.class);
    }

    Field(String word, Shape shape, Coding coding) {
        this(word, shape, coding, -1, Coding.class);
    }

    Field(String word, Shape shape, Field base) {
        this(word, shape, Coding.OFFSET, base.ordinal(), Coding.class);
    }

    Field(String word, Class<? extends Enum<?>> names) {
        this(word, Shape.NAME, Coding.PLAIN, -1, names);
    }

    Field(String word, Shape shape, Coding coding, int base, Class<? extends Enum<?>> names) {
        this.word = word;
        this.shape = shape;
        this.coding = coding;
        this.base = base;
        this.names = names;
    }

    private static Coding defaultCoding(Shape shape) {
        return switch (shape) {
            case HEX, SIGNED -> Coding.DELTA;
            case DECIMAL, FLAG, NAME -> Coding.PLAIN;
            case TEXT -> Coding.BYTES;
        };
    }

    String word() {
        return word;
    }

    Shape shape() {
        return shape;
    }

    Coding coding() {
        return coding;
    }

    /** Ordinal of the field an OFFSET refers to. */
    int base() {
        return base;
    }

    /** Number of legal values of a NAME. */
    int names() {
        return names.getEnumConstants().length;
    }

    /** The name of a value. */
    String nameOf(int ordinal) {
        return names.getEnumConstants()[ordinal].name();
    }

    /** The value of a name; -1 if there is none. */
    int valueNamed(String name) {
        for (Enum<?> constant : names.getEnumConstants()) {
            if (constant.name().equals(name)) {
                return constant.ordinal();
            }
        }
        return -1;
    }

    static int count() {
        return FIELDS.length;
    }

    static Field at(int index) {
        return FIELDS[index];
    }
}
