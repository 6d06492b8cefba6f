package dev.breakmake.translation.finding;

/**
 * A descriptor or register value with its meaning in words.
 *
 * @param value the 64-bit value
 * @param text decoded, one line
 */
public record DescriptorValue(long value, String text) {}
