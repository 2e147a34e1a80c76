#ifndef VQ_VERSION_H
#define VQ_VERSION_H

#define VQ_VERSION "0.1.0"

#endif
