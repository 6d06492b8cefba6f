package dev.breakmake.translation.event;

/**
 * One level of a table walk.
 *
 * @param level 0 to 3
 * @param descriptorPa physical address of the descriptor
 * @param descriptor its value
 */
public record WalkStep(int level, long descriptorPa, long descriptor) {}
