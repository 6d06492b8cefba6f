package dev.breakmake.lab.runner.backend;

import dev.breakmake.lab.v1.Outcome;
import dev.breakmake.translation.finding.SymbolSource;

/**
 * How a boot ended.
 *
 * @param outcome in the words of the contract
 * @param symbols names of code addresses of this boot, the place it was loaded at included
 */
public record CellEnd(Outcome outcome, SymbolSource symbols) {}
