/** Who drives a virtual machine: recorded streams of guest memory accesses, their reader and their replay. */
@NullMarked
package org.shadowmmu.lab.workload;

import org.jspecify.annotations.NullMarked;
