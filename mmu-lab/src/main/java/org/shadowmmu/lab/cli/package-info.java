/** The command line: one class per command, and no logic. */
@NullMarked
package org.shadowmmu.lab.cli;

import org.jspecify.annotations.NullMarked;
