package dev.breakmake.cli.matrix;

import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.lab.v1.Cell;

/**
 * A cell that has its verdict.
 *
 * @param cell as the lab would show it
 * @param report the same for the report files
 */
public record FinishedCell(Cell cell, BootReport report) {}
