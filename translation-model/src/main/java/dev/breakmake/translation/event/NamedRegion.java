package dev.breakmake.translation.event;

/** A named piece of physical memory at hand-over: the image, a module, the device tree. */
public record NamedRegion(String name, AddressRange physical) {}
