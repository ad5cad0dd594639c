/** The TDP MMU: its roots, iterator, changes of entries, and what is done to ranges of them. */
@NullMarked
package org.shadowmmu.engine.tdp;

import org.jspecify.annotations.NullMarked;
