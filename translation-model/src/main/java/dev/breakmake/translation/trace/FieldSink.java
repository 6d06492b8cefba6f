package dev.breakmake.translation.trace;

/** Takes the fields of an event in their order. */
interface FieldSink {
    void number(Field field, long value);

    void text(Field field, String value);

    default void flag(Field field, boolean value) {
        number(field, value ? 1 : 0);
    }

    default void name(Field field, Enum<?> value) {
        number(field, value.ordinal());
    }
}
