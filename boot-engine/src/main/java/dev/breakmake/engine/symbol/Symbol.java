package dev.breakmake.engine.symbol;

/**
 * A named address.
 *
 * @param address linked virtual address of its first byte
 * @param size bytes it covers, or 0 if the source does not say
 * @param name its name; {@code file.c#name} for local symbols whose file is known
 * @param code whether it names instructions
 */
public record Symbol(long address, long size, String name, boolean code) {}
