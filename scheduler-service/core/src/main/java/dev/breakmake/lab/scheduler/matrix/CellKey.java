package dev.breakmake.lab.scheduler.matrix;

import dev.breakmake.lab.scheduler.domain.Digests;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Identity of a matrix point over all runs: SHA-256 of its canonical parameters, sorted by name, each length-prefixed. */
public final class CellKey {

    private CellKey() {}

    /** 64 lower-case hexadecimal digits. */
    public static String of(Map<String, String> parameters) {
        StringBuilder text = new StringBuilder("cell-v1\n");
        new TreeMap<>(parameters)
                .forEach((name, value) -> text.append(name)
                        .append('=')
                        .append(value.length())
                        .append(':')
                        .append(value)
                        .append('\n'));
        return Digests.sha256Hex(text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
