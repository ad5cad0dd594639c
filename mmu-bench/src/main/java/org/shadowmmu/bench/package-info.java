/** Benchmarks of the engine. */
@NullMarked
package org.shadowmmu.bench;

import org.jspecify.annotations.NullMarked;
