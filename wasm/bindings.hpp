// The functions that WebAssembly exports, as C: one opened model an instance, arguments and answers
// as JSON in UTF-8. wasm/client.mjs is their other side; the same sources are compiled and tested
// natively.
//
// A call: room = trtreport_request(bytes); write the JSON there; trtreport_open(); then
// trtreport_answer() holds trtreport_answer_length() bytes until the next call. What the requests
// and answers are: request.hpp, session.hpp. Nothing throws. After an answer of the codes
// out_of_memory and internal the instance is of no more use: every later one has the code lost.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Room for the next call's argument, which takes it; a call without one has an empty argument.
char* trtreport_request(uint32_t bytes);

void trtreport_open(void);
void trtreport_analyse(void);
void trtreport_recompute(void);
void trtreport_skeleton(void);
void trtreport_devices(void);
// Hands over the devices that are not built in, for this instance's life.
void trtreport_library(void);
void trtreport_close(void);

// Of the module with weights alone; see weight_session.hpp.
void trtreport_quantize(void);
void trtreport_quantize_weight(void);
void trtreport_keep_weight(void);
void trtreport_plan(void);
void trtreport_plan_of(void);
void trtreport_prune(void);
void trtreport_prune_what_if(void);
void trtreport_prune_mask(void);
void trtreport_section(void);
void trtreport_markdown(void);
void trtreport_threshold(void);

const char* trtreport_answer(void);
uint32_t trtreport_answer_length(void);

// What the surroundings give (host.hpp). In WebAssembly these are JavaScript's
// Module.trtreportRead(file, offset, pointer, length) -> bytes read and
// Module.trtreportWrite(pointer, length) -> whether to go on; offsets are exact below 2^53.
// Natively a test sets them.
typedef uint32_t (*trtreport_read_function)(uint32_t file, double offset, void* out,
                                            uint32_t length);
typedef int (*trtreport_write_function)(const char* text, uint32_t length);
void trtreport_set_host(trtreport_read_function read, trtreport_write_function write);

#ifdef __cplusplus
}
#endif
