/** What the processor does by itself: it walks the tables that the MMU built and sets accessed and dirty bits. */
@NullMarked
package org.shadowmmu.engine.cpu;

import org.jspecify.annotations.NullMarked;
