package dev.breakmake.translation.trace.casemate;

import dev.breakmake.translation.finding.SymbolSource;

/**
 * What an import found.
 *
 * @param records records read
 * @param events events given to the sink, the header included
 * @param claims lines in which the log itself claims a violation
 * @param sources names the places the records come from; the PC of an event is a number this source knows
 */
public record CasemateImport(long records, long events, int claims, SymbolSource sources) {}
