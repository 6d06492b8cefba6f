package dev.breakmake.qemu.qmp;

/**
 * Something QEMU reports by itself.
 *
 * @param name e.g. {@code SHUTDOWN}, {@code RESET}, {@code STOP}
 * @param data its data, {@link Json.Null} if it has none
 */
public record QmpEvent(String name, Json data) {}
