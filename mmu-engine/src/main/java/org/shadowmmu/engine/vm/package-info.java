/** The front door: virtual machines and their virtual CPUs. */
@NullMarked
package org.shadowmmu.engine.vm;

import org.jspecify.annotations.NullMarked;
