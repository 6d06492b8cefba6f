package dev.breakmake.qemu.qmp;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A JSON value (RFC 8259), as far as QMP uses them. */
public sealed interface Json {

    /** An object; members keep their order. */
    record Members(Map<String, Json> map) implements Json {
        /** The member of that name, if there is one. */
        public Optional<Json> get(String name) {
            return Optional.ofNullable(map.get(name));
        }
    }

    /** An array. */
    record Elements(List<Json> list) implements Json {}

    /** A string. */
    record Text(String value) implements Json {}

    /** A number, kept as written. */
    record Numeral(String digits) implements Json {}

    /** {@code true} or {@code false}. */
    record Truth(boolean value) implements Json {}

    /** {@code null}. */
    record Null() implements Json {}

    /** The value at a path of member names, if all of them exist. */
    default Optional<Json> at(String... path) {
        Json value = this;
        for (String name : path) {
            Json next = value instanceof Members members ? members.map().get(name) : null;
            if (next == null) {
                return Optional.empty();
            }
            value = next;
        }
        return Optional.of(value);
    }

    /** The text at a path, if it is a string. */
    default Optional<String> textAt(String... path) {
        return at(path).flatMap(value -> value instanceof Text text ? Optional.of(text.value()) : Optional.empty());
    }

    /** The integer at a path, if it is one. */
    default Optional<Integer> intAt(String... path) {
        return at(path).flatMap(value -> {
            if (value instanceof Numeral numeral) {
                try {
                    return Optional.of(Integer.parseInt(numeral.digits()));
                } catch (NumberFormatException e) {
                    return Optional.empty();
                }
            }
            return Optional.empty();
        });
    }
}
