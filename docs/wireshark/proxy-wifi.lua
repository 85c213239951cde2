-- The protocol of proxy-wifi for Wireshark. Written by docs/write-dissector.ts from the tables in protocol/. Do not edit.

local protocol = {
  version = 1,
  link_type = 'USER0',
  ports = { request = 12345, notification = 12346 },
  header = {
    size = 7,
    size_at = 1,
    columns = {
      {
        name = 'operation',
        type = 'u8',
        offset = 0,
        names = {
          [0] = 'invalid',
          [1] = 'scan request',
          [2] = 'scan response',
          [3] = 'connect request',
          [4] = 'connect response',
          [5] = 'disconnect request',
          [6] = 'disconnect response',
          [7] = 'disconnected',
          [8] = 'signal quality',
          [9] = 'hello',
          [10] = 'hello response',
        },
        doc = 'see the table of operations',
      },
      {
        name = 'size',
        type = 'u32',
        offset = 1,
        unit = 'bytes',
        doc = 'the body; the header is not counted',
      },
      { name = 'version', type = 'u16', offset = 5, doc = 'always 1' },
    },
  },
  operations = {
    [0] = {
      key = 'invalid',
      name = 'invalid',
      from = 'host',
      sent_as = 'answer',
      minimum = 0,
      maximum = 0,
      slack = 0,
      parts = { { size = 0, columns = {} } },
    },
    [1] = {
      key = 'scan_request',
      name = 'scan request',
      from = 'guest',
      sent_as = 'request',
      answer = 2,
      minimum = 33,
      maximum = 33,
      slack = 0,
      parts = {
        {
          size = 33,
          columns = {
            { name = 'ssid_len', type = 'u8', offset = 0, doc = 'bytes in ssid, at most 32' },
            {
              name = 'ssid',
              type = 'u8',
              offset = 1,
              count = 32,
              used = 'ssid_len',
              holds = 'text',
              doc = 'the network to look for; ssid_len 0: every network',
            },
          },
        },
      },
    },
    [2] = {
      key = 'scan_response',
      name = 'scan response',
      from = 'host',
      sent_as = 'answer or notification',
      minimum = 9,
      maximum = 1048576,
      slack = 0,
      parts = {
        {
          size = 9,
          columns = {
            {
              name = 'scan_complete',
              type = 'u8',
              offset = 0,
              names = { [0] = 'no', [1] = 'yes' },
              doc = '0: a notification with more follows; 1: this is all',
            },
            { name = 'num_bss', type = 'u32', offset = 1, doc = 'number of entries' },
            {
              name = 'total_size',
              type = 'u32',
              offset = 5,
              unit = 'bytes',
              doc = 'the whole body, elements included',
            },
          },
        },
        {
          repeated_by = 'num_bss',
          size = 26,
          columns = {
            {
              name = 'bssid',
              type = 'u8',
              offset = 0,
              count = 6,
              holds = 'address',
              doc = 'address of the access point',
            },
            {
              name = 'capabilities',
              type = 'u16',
              offset = 6,
              doc = '802.11 capability field: bit 0 ESS, bit 4 privacy',
            },
            { name = 'rssi', type = 'i32', offset = 8, unit = 'dBm', doc = 'signal' },
            {
              name = 'beacon_interval',
              type = 'u16',
              offset = 12,
              unit = 'TU',
              doc = 'time between beacons',
            },
            {
              name = 'channel_center_freq',
              type = 'u32',
              offset = 14,
              unit = 'kHz',
              doc = 'centre of the primary channel: 5240000',
            },
            {
              name = 'ie_size',
              type = 'u32',
              offset = 18,
              unit = 'bytes',
              doc = 'its information elements',
            },
            {
              name = 'ie_offset',
              type = 'u32',
              offset = 22,
              unit = 'bytes',
              doc = 'from the first byte of this entry to its elements',
            },
          },
        },
      },
      older_parts = {
        {
          size = 8,
          columns = {
            { name = 'num_bss', type = 'u32', offset = 0, doc = 'number of entries' },
            {
              name = 'total_size',
              type = 'u32',
              offset = 4,
              unit = 'bytes',
              doc = 'the whole body, elements included',
            },
          },
        },
        {
          repeated_by = 'num_bss',
          size = 26,
          columns = {
            {
              name = 'bssid',
              type = 'u8',
              offset = 0,
              count = 6,
              holds = 'address',
              doc = 'address of the access point',
            },
            {
              name = 'capabilities',
              type = 'u16',
              offset = 6,
              doc = '802.11 capability field: bit 0 ESS, bit 4 privacy',
            },
            { name = 'rssi', type = 'i32', offset = 8, unit = 'dBm', doc = 'signal' },
            {
              name = 'beacon_interval',
              type = 'u16',
              offset = 12,
              unit = 'TU',
              doc = 'time between beacons',
            },
            {
              name = 'channel_center_freq',
              type = 'u32',
              offset = 14,
              unit = 'kHz',
              doc = 'centre of the primary channel: 5240000',
            },
            {
              name = 'ie_size',
              type = 'u32',
              offset = 18,
              unit = 'bytes',
              doc = 'its information elements',
            },
            {
              name = 'ie_offset',
              type = 'u32',
              offset = 22,
              unit = 'bytes',
              doc = 'from the first byte of this entry to its elements',
            },
          },
        },
      },
    },
    [3] = {
      key = 'connect_request',
      name = 'connect request',
      from = 'guest',
      sent_as = 'request',
      answer = 4,
      minimum = 76,
      maximum = 331,
      slack = 0,
      parts = {
        {
          size = 76,
          columns = {
            { name = 'ssid_len', type = 'u8', offset = 0, doc = 'bytes in ssid, at most 32' },
            {
              name = 'ssid',
              type = 'u8',
              offset = 1,
              count = 32,
              used = 'ssid_len',
              holds = 'text',
              doc = 'the network',
            },
            {
              name = 'bssid',
              type = 'u8',
              offset = 33,
              count = 6,
              holds = 'address',
              doc = 'the access point; all zero: any',
            },
            {
              name = 'auth_type',
              type = 'u8',
              offset = 39,
              names = {
                [0] = 'open system',
                [1] = 'shared key',
                [2] = 'FT',
                [3] = 'network EAP',
                [4] = 'SAE',
                [5] = 'FILS SK',
                [6] = 'FILS SK PFS',
                [7] = 'FILS PK',
                [8] = 'automatic',
              },
              doc = '0 open system, 1 shared key, 2 FT, 3 network EAP, 4 SAE, 5–7 FILS, 8 automatic: taken as open system',
            },
            {
              name = 'wpa_versions',
              type = 'u8',
              offset = 40,
              names = {
                [0] = 'none',
                [1] = 'WPA',
                [2] = 'WPA2',
                [3] = 'WPA, WPA2',
                [4] = 'WPA3',
                [5] = 'WPA, WPA3',
                [6] = 'WPA2, WPA3',
                [7] = 'WPA, WPA2, WPA3',
              },
              doc = 'bit mask: 0 none, 1 WPA, 2 WPA2, 4 WPA3',
            },
            {
              name = 'num_akm_suites',
              type = 'u8',
              offset = 41,
              doc = 'suites in akm_suites, at most 2',
            },
            {
              name = 'akm_suites',
              type = 'u32',
              offset = 42,
              count = 2,
              used = 'num_akm_suites',
              names = {
                [1027073] = '802.1X',
                [1027074] = 'PSK',
                [1027075] = 'FT-802.1X',
                [1027076] = 'FT-PSK',
                [1027077] = '802.1X-SHA256',
                [1027078] = 'PSK-SHA256',
                [1027080] = 'SAE',
                [1027081] = 'FT-SAE',
                [1027084] = 'Suite B 192',
                [1027090] = 'OWE',
                [1027091] = 'FT-PSK-SHA384',
                [1027092] = 'PSK-SHA384',
                [5304833] = 'WPA 802.1X',
                [5304834] = 'WPA PSK',
              },
              doc = 'authentication and key management, see AKM suites',
            },
            {
              name = 'num_pairwise_cipher_suites',
              type = 'u8',
              offset = 50,
              doc = 'suites in pairwise_cipher_suites, at most 5',
            },
            {
              name = 'pairwise_cipher_suites',
              type = 'u32',
              offset = 51,
              count = 5,
              used = 'num_pairwise_cipher_suites',
              names = {
                [1027072] = 'use group cipher',
                [1027073] = 'WEP-40',
                [1027074] = 'TKIP',
                [1027076] = 'CCMP',
                [1027077] = 'WEP-104',
                [1027078] = 'BIP-CMAC',
                [1027080] = 'GCMP',
                [1027081] = 'GCMP-256',
                [1027082] = 'CCMP-256',
                [1027083] = 'BIP-GMAC',
                [1027084] = 'BIP-GMAC-256',
                [1027085] = 'BIP-CMAC-256',
                [5304833] = 'WPA WEP-40',
                [5304834] = 'WPA TKIP',
                [5304836] = 'WPA CCMP',
                [5304837] = 'WPA WEP-104',
              },
              doc = 'ciphers for frames to one station, see cipher suites',
            },
            {
              name = 'group_cipher_suite',
              type = 'u32',
              offset = 71,
              names = {
                [0] = 'none',
                [1027072] = 'use group cipher',
                [1027073] = 'WEP-40',
                [1027074] = 'TKIP',
                [1027076] = 'CCMP',
                [1027077] = 'WEP-104',
                [1027078] = 'BIP-CMAC',
                [1027080] = 'GCMP',
                [1027081] = 'GCMP-256',
                [1027082] = 'CCMP-256',
                [1027083] = 'BIP-GMAC',
                [1027084] = 'BIP-GMAC-256',
                [1027085] = 'BIP-CMAC-256',
                [5304833] = 'WPA WEP-40',
                [5304834] = 'WPA TKIP',
                [5304836] = 'WPA CCMP',
                [5304837] = 'WPA WEP-104',
              },
              doc = 'cipher for frames to all stations; 0: none',
            },
            { name = 'key_len', type = 'u8', offset = 75, doc = 'bytes in key' },
            {
              name = 'key',
              type = 'u8',
              offset = 76,
              count = 'key_len',
              secret = true,
              doc = 'for WPA2-PSK the 32-byte PMK, not the passphrase',
            },
          },
        },
      },
    },
    [4] = {
      key = 'connect_response',
      name = 'connect response',
      from = 'host',
      sent_as = 'answer',
      minimum = 16,
      maximum = 16,
      slack = 0,
      parts = {
        {
          size = 16,
          columns = {
            {
              name = 'result_code',
              type = 'u16',
              offset = 0,
              names = {
                [0] = 'success',
                [1] = 'unspecified failure',
                [10] = 'capabilities mismatch',
                [12] = 'denied for another reason',
                [13] = 'unsupported authentication algorithm',
                [14] = 'authentication out of sequence',
                [15] = 'challenge failure',
                [16] = 'authentication timed out',
                [17] = 'too many stations',
                [30] = 'refused temporarily',
                [34] = 'poor channel conditions',
                [37] = 'request declined',
                [38] = 'invalid parameters',
                [40] = 'invalid information element',
                [41] = 'invalid group cipher',
                [42] = 'invalid pairwise cipher',
                [43] = 'invalid AKM suite',
                [44] = 'unsupported RSN version',
                [45] = 'invalid RSN capabilities',
                [46] = 'cipher rejected by policy',
                [53] = 'invalid PMKID',
              },
              doc = '802.11 status code: 0 success, see status codes',
            },
            {
              name = 'bssid',
              type = 'u8',
              offset = 2,
              count = 6,
              holds = 'address',
              doc = 'the access point, as it was shown in a scan',
            },
            {
              name = 'session_id',
              type = 'u64',
              offset = 8,
              doc = 'the id of this attempt; after success, the id of the session',
            },
          },
        },
      },
    },
    [5] = {
      key = 'disconnect_request',
      name = 'disconnect request',
      from = 'guest',
      sent_as = 'request',
      answer = 6,
      minimum = 8,
      maximum = 8,
      slack = 0,
      parts = {
        {
          size = 8,
          columns = { { name = 'session_id', type = 'u64', offset = 0, doc = 'the session to end' } },
        },
      },
    },
    [6] = {
      key = 'disconnect_response',
      name = 'disconnect response',
      from = 'host',
      sent_as = 'answer',
      minimum = 0,
      maximum = 1,
      slack = 1,
      parts = { { size = 0, columns = {} } },
    },
    [7] = {
      key = 'disconnected',
      name = 'disconnected',
      from = 'host',
      sent_as = 'notification',
      minimum = 8,
      maximum = 8,
      slack = 0,
      parts = {
        {
          size = 8,
          columns = { { name = 'session_id', type = 'u64', offset = 0, doc = 'the session that ended' } },
        },
      },
    },
    [8] = {
      key = 'signal_quality',
      name = 'signal quality',
      from = 'host',
      sent_as = 'notification',
      minimum = 1,
      maximum = 1,
      slack = 0,
      parts = {
        {
          size = 1,
          columns = {
            {
              name = 'signal',
              type = 'i8',
              offset = 0,
              unit = 'dBm',
              doc = 'signal of the current link',
            },
          },
        },
      },
    },
    [9] = {
      key = 'hello',
      name = 'hello',
      from = 'guest',
      sent_as = 'request',
      answer = 10,
      minimum = 20,
      maximum = 20,
      slack = 0,
      parts = {
        {
          size = 20,
          columns = {
            {
              name = 'capabilities',
              type = 'u32',
              offset = 0,
              names = {
                [0] = 'none',
                [1] = 'scan_complete',
                [2] = 'SAE by password',
                [3] = 'scan_complete, SAE by password',
                [4] = 'patient notifications',
                [5] = 'scan_complete, patient notifications',
                [6] = 'SAE by password, patient notifications',
                [7] = 'scan_complete, SAE by password, patient notifications',
              },
              doc = 'bit 0 `scan_complete` is known, bit 1 SAE by the password as key, bit 2 notifications are read for 1 s',
            },
            {
              name = 'guest_instance',
              type = 'u64',
              offset = 4,
              doc = 'random, new with each load of the driver',
            },
            {
              name = 'session_id',
              type = 'u64',
              offset = 12,
              doc = 'the session that the guest holds; 0: none',
            },
          },
        },
      },
    },
    [10] = {
      key = 'hello_response',
      name = 'hello response',
      from = 'host',
      sent_as = 'answer',
      minimum = 17,
      maximum = 17,
      slack = 0,
      parts = {
        {
          size = 17,
          columns = {
            {
              name = 'capabilities',
              type = 'u32',
              offset = 0,
              names = {
                [0] = 'none',
                [1] = 'scan_complete',
                [2] = 'SAE by password',
                [3] = 'scan_complete, SAE by password',
                [4] = 'patient notifications',
                [5] = 'scan_complete, patient notifications',
                [6] = 'SAE by password, patient notifications',
                [7] = 'scan_complete, SAE by password, patient notifications',
              },
              doc = 'what the host can do for this guest: the same bits',
            },
            {
              name = 'host_instance',
              type = 'u64',
              offset = 4,
              doc = 'random, new with each start of the service',
            },
            {
              name = 'session_in_effect',
              type = 'u8',
              offset = 12,
              names = { [0] = 'no', [1] = 'yes' },
              doc = '1: the session of the request is in effect; 0: it has ended, or was none',
            },
            {
              name = 'next_hello',
              type = 'u32',
              offset = 13,
              unit = 'ms',
              doc = 'until the next hello is expected; after three missed the guest is gone',
            },
          },
        },
      },
    },
  },
}

-- Walks frames by the tables above. Nothing here knows an offset, a size or a name of the protocol: those are the tables'.

local proto = Proto('proxywifi', 'Wi-Fi of a virtual machine (proxy-wifi)')

local width = { u8 = 1, i8 = 1, u16 = 2, i32 = 4, u32 = 4, u64 = 8 }
local header_size = protocol.header.size

-- Experts: what is wrong with a frame, and what is odd about it.

local group, severity = expert.group, expert.severity
local problems = {
  unknown_operation = ProtoExpert.new('proxywifi.unknown_operation', 'Unknown operation', group.MALFORMED, severity.ERROR),
  wrong_version = ProtoExpert.new('proxywifi.wrong_version', 'Wrong version', group.MALFORMED, severity.ERROR),
  impossible_size = ProtoExpert.new('proxywifi.impossible_size', 'Impossible size', group.MALFORMED, severity.ERROR),
  cut_off = ProtoExpert.new('proxywifi.cut_off', 'Cut off', group.MALFORMED, severity.ERROR),
  beyond_array = ProtoExpert.new('proxywifi.beyond_array', 'Count beyond its array', group.MALFORMED, severity.ERROR),
  unexpected_bytes = ProtoExpert.new('proxywifi.unexpected_bytes', 'Unexpected bytes', group.MALFORMED, severity.ERROR),
  wrong_total = ProtoExpert.new('proxywifi.wrong_total', 'Wrong total size', group.MALFORMED, severity.ERROR),
  too_many = ProtoExpert.new('proxywifi.too_many', 'More entries than bytes', group.MALFORMED, severity.ERROR),
  misplaced_elements = ProtoExpert.new('proxywifi.misplaced_elements', 'Elements outside the body', group.MALFORMED, severity.ERROR),
  malformed_elements = ProtoExpert.new('proxywifi.malformed_elements', 'Malformed elements', group.MALFORMED, severity.WARN),
  wrong_sender = ProtoExpert.new('proxywifi.wrong_sender', 'Not for this side to send', group.PROTOCOL, severity.ERROR),
  wrong_channel = ProtoExpert.new('proxywifi.wrong_channel', 'Not for this channel', group.PROTOCOL, severity.ERROR),
  wrong_answer = ProtoExpert.new('proxywifi.wrong_answer', 'Answer to something else', group.SEQUENCE, severity.ERROR),
  no_request = ProtoExpert.new('proxywifi.no_request', 'Answer without a request', group.SEQUENCE, severity.NOTE),
  refused = ProtoExpert.new('proxywifi.refused', 'Refused by the host', group.RESPONSE_CODE, severity.WARN),
  failed = ProtoExpert.new('proxywifi.failed', 'Failed', group.RESPONSE_CODE, severity.WARN),
  older_format = ProtoExpert.new('proxywifi.older_format', 'Format of the older driver', group.PROTOCOL, severity.NOTE),
}

local function blame(item, problem, ...)
  item:add_proto_expert_info(problems[problem], string.format(...))
end

-- Fields: one for each column of each table.

local fields = {}
local integer = {
  u8 = ProtoField.uint8, i8 = ProtoField.int8, u16 = ProtoField.uint16,
  i32 = ProtoField.int32, u32 = ProtoField.uint32, u64 = ProtoField.uint64,
}

local function field_of(column, abbreviation)
  if column.secret then return ProtoField.none(abbreviation, column.name, column.doc) end
  if column.holds == 'address' then return ProtoField.ether(abbreviation, column.name, column.doc) end
  if column.holds == 'text' then return ProtoField.string(abbreviation, column.name, base.NONE, column.doc) end
  if column.count and column.type == 'u8' then return ProtoField.bytes(abbreviation, column.name, base.NONE, column.doc) end
  -- Numbers of 32 bits with names are suites, which people know in hex.
  local shown = column.type == 'u32' and column.names and base.HEX or base.DEC
  return integer[column.type](abbreviation, column.name, shown, column.names, nil, column.doc)
end

local function declare(columns, prefix)
  for _, column in ipairs(columns) do
    column.field = field_of(column, prefix .. column.name)
    fields[#fields + 1] = column.field
  end
end

local operation_names = {}
declare(protocol.header.columns, 'proxywifi.')
for code, operation in pairs(protocol.operations) do
  operation_names[code] = operation.name
  for _, parts in ipairs({ operation.parts, operation.older_parts or {} }) do
    for _, part in ipairs(parts) do
      if not part.declared then
        declare(part.columns, 'proxywifi.' .. operation.key .. '.' .. (part.repeated_by and 'entry.' or ''))
        part.declared = true
      end
    end
  end
end

local request_field = ProtoField.framenum('proxywifi.request_in', 'Request in', base.NONE, frametype.REQUEST)
local answer_field = ProtoField.framenum('proxywifi.answer_in', 'Answer in', base.NONE, frametype.RESPONSE)
local time_field = ProtoField.double('proxywifi.time', 'Time since the request', 'Seconds from the request to its answer')
local guest_field = ProtoField.string('proxywifi.guest', 'Guest')
local rest_field = ProtoField.bytes('proxywifi.unexpected', 'Unexpected bytes')
for _, field in ipairs({ request_field, answer_field, time_field, guest_field, rest_field }) do fields[#fields + 1] = field end

proto.fields = fields
local experts = {}
for _, problem in pairs(problems) do experts[#experts + 1] = problem end
proto.experts = experts

-- Values.

local function number_at(tvb, at, kind)
  local range = tvb(at, width[kind])
  if kind == 'u64' then return range:le_uint64() end
  if kind == 'i8' or kind == 'i32' then return range:le_int() end
  return range:le_uint()
end

local function rest_of(tvb, at, stop, tree)
  local item = tree:add(rest_field, tvb(at, stop - at))
  blame(item, 'unexpected_bytes', '%d bytes that belong to nothing', stop - at)
end

-- One array: its elements as far as they are used, the whole of it where none are counted.
local function add_array(tvb, column, offset, size, count, used, tree)
  if column.secret then
    return tree:add(column.field, tvb(offset, size)):append_text(string.format(': %d bytes', size))
  end
  if column.holds == 'text' then
    return tree:add(column.field, tvb(offset, size), tvb(offset, math.min(used, count)):string(ENC_UTF_8))
  end
  if column.type == 'u8' then return tree:add(column.field, tvb(offset, size)) end
  for i = 0, math.min(used, count) - 1 do
    tree:add_le(column.field, tvb(offset + i * width[column.type], width[column.type]))
  end
end

-- The columns of a structure between `at` and `stop`. Gives their numbers and texts by name, and where the structure
-- ends; no end where it is cut off.
local function add_structure(tvb, at, stop, columns, tree)
  local values, finish = {}, at
  for _, column in ipairs(columns) do
    local offset = at + column.offset
    local count = column.count or 1
    if type(count) == 'string' then count = values[count] or 0 end
    local size = count * width[column.type]
    if offset + size > stop then
      local item = tree:add(column.field, tvb(math.min(offset, stop), math.max(0, stop - offset)))
      blame(item, 'cut_off', '%s takes %d bytes, and %d are left', column.name, size, math.max(0, stop - offset))
      return values, nil
    end
    finish = offset + size
    if column.count then
      local used = column.used and values[column.used] or count
      local item = add_array(tvb, column, offset, size, count, used, tree)
      if column.used and used > count then
        blame(item or tree, 'beyond_array', '%s is %d, at most %d are possible', column.used, used, count)
      end
      if column.holds == 'text' then values[column.name] = tvb(offset, math.min(used, count)):string(ENC_UTF_8) end
    else
      values[column.name] = number_at(tvb, offset, column.type)
      local item = tree:add_le(column.field, tvb(offset, size))
      if column.unit then item:append_text(' ' .. column.unit) end
    end
  end
  return values, finish
end

-- 802.11 elements by Wireshark's own dissectors: they know them in a frame only, so a beacon is put around them.

local wlan = Dissector.get('wlan_withoutfcs')

local function le_hex(value, bytes)
  local digits = ''
  for _ = 1, bytes do
    digits = digits .. string.format('%02x', value % 256)
    value = math.floor(value / 256)
  end
  return digits
end

local function add_beacon(tvb, entry, at, size, pinfo, tree)
  local bssid = tvb(entry.at, 6):bytes():tohex()
  local beacon = ByteArray.new('80000000ffffffffffff' .. bssid .. bssid .. '0000' .. '0000000000000000'
    .. le_hex(entry.beacon_interval, 2) .. le_hex(entry.capabilities, 2))
  if size > 0 then beacon:append(tvb(at, size):bytes()) end
  -- The frame's own addresses outlast those of the beacon.
  local src, dst = pinfo.src, pinfo.dst
  local ok = pcall(wlan.call, wlan, beacon:tvb('The entry as a beacon'), pinfo, tree)
  pinfo.src, pinfo.dst = src, dst
  if not ok then blame(tree, 'malformed_elements', 'the elements make no beacon') end
end

-- The entries of a scan response, and the elements of each.
local function add_entries(tvb, at, stop, part, count, pinfo, tree)
  local room = math.floor((stop - at) / part.size)
  if count > room then blame(tree, 'too_many', '%s is %d, and there is room for %d', part.repeated_by, count, room) end
  local whole = math.min(count, room)
  local entries_end, finish = at + whole * part.size, at + whole * part.size
  for i = 0, whole - 1 do
    local entry_at = at + i * part.size
    local subtree = tree:add(proto, tvb(entry_at, part.size), string.format('Network %d', i + 1))
    local entry = add_structure(tvb, entry_at, entry_at + part.size, part.columns, subtree)
    entry.at = entry_at
    local elements_at = entry_at + entry.ie_offset
    subtree:append_text(string.format(': %s, %d dBm, %.0f MHz', tostring(tvb(entry_at, 6):ether()), entry.rssi,
      entry.channel_center_freq / 1000))
    if entry.ie_size > 0 and (elements_at < entries_end or elements_at + entry.ie_size > stop) then
      blame(subtree, 'misplaced_elements', 'the elements of network %d are outside the body', i + 1)
    else
      add_beacon(tvb, entry, elements_at, entry.ie_size, pinfo, subtree)
      finish = math.max(finish, entry.ie_size > 0 and elements_at + entry.ie_size or finish)
    end
  end
  return finish
end

-- A line for the list of packets, by what a message says of interest.

local function text_of(code, operation, values)
  local names = {}
  for _, column in ipairs(operation.parts[1].columns) do names[column.name] = column.names end
  local texts = {}
  local function say(...) texts[#texts + 1] = string.format(...) end
  if values.ssid and values.ssid ~= '' then say('"%s"', values.ssid) end
  if values.num_bss then say('%d networks%s', values.num_bss, values.scan_complete == 0 and ', more follow' or '') end
  if values.result_code then
    say('%s', names.result_code[values.result_code] or string.format('status %d', values.result_code))
  end
  if values.session_id then say('session %s', tostring(values.session_id)) end
  if values.signal then say('%d dBm', values.signal) end
  if values.session_in_effect then say(values.session_in_effect == 0 and 'no session in effect' or 'session in effect') end
  return #texts == 0 and operation.name or operation.name .. ': ' .. table.concat(texts, ', ')
end

-- Requests and answers, matched while the frames are seen for the first time.

local waiting, answer_of, request_of = {}, {}, {}
function proto.init() waiting, answer_of, request_of = {}, {}, {} end

local function match(where, code, operation, pinfo, tree)
  if where.channel ~= 'request' then return end
  local here = pinfo.number
  if not pinfo.visited then
    if where.from == 'guest' then
      waiting[where.guest] = { number = here, time = pinfo.rel_ts, code = code }
    elseif waiting[where.guest] then
      local asked = waiting[where.guest]
      waiting[where.guest] = nil
      answer_of[asked.number] = here
      request_of[here] = { number = asked.number, seconds = tonumber(string.format('%.6f', pinfo.rel_ts - asked.time)), code = asked.code }
    end
  end
  if where.from == 'guest' then
    if answer_of[here] then tree:add(answer_field, answer_of[here]):set_generated() end
    return
  end
  local asked = request_of[here]
  if not asked then
    return blame(tree, 'no_request', 'the request of this answer is not in the capture')
  end
  tree:add(request_field, asked.number):set_generated()
  tree:add(time_field, asked.seconds):set_generated():append_text(' s')
  local expected = protocol.operations[asked.code] and protocol.operations[asked.code].answer
  if code ~= 0 and code ~= expected then
    blame(tree, 'wrong_answer', 'a %s as the answer to a %s', operation.name, operation_names[asked.code] or 'request')
  end
end

-- One frame. `where`: who sent it, on which channel, of which guest; what is not known is nil.

local function dissect_frame(tvb, pinfo, tree, where)
  pinfo.cols.protocol = 'proxy-wifi'
  local length = tvb:len()
  local subtree = tree:add(proto, tvb())
  if where.guest then subtree:add(guest_field, where.guest):set_generated() end
  local header, header_end = add_structure(tvb, 0, math.min(length, header_size), protocol.header.columns, subtree)
  if not header_end then
    pinfo.cols.info = 'a header that is cut off'
    return length
  end
  local code = header.operation
  local operation = protocol.operations[code]
  if header.version ~= protocol.version then
    blame(subtree, 'wrong_version', 'version %d instead of %d', header.version, protocol.version)
  end
  if not operation then
    blame(subtree, 'unknown_operation', 'operation %d is unknown', code)
    pinfo.cols.info = string.format('unknown operation %d', code)
    return length
  end
  subtree:append_text(', ' .. operation.name)
  if where.from and where.from ~= operation.from then
    blame(subtree, 'wrong_sender', 'a %s is nothing that a %s may send', operation.name, where.from)
  end
  local is_notification = operation.sent_as:find('notification') ~= nil
  if where.channel and not (where.channel == 'notification' and is_notification)
    and not (where.channel == 'request' and operation.sent_as ~= 'notification') then
    blame(subtree, 'wrong_channel', 'a %s on the channel for %ss', operation.name, where.channel)
  end
  local stop = math.min(length, header_size + header.size)
  local parts = operation.parts
  local older = operation.older_parts and operation.older_parts[1]
  if older and stop >= header_size + older.size then
    local total = older.columns[#older.columns]
    if number_at(tvb, header_size + total.offset, total.type) == header.size then
      parts = operation.older_parts
      blame(subtree, 'older_format', 'without scan_complete, for the older driver')
    end
  end
  if (header.size < operation.minimum and parts == operation.parts) or header.size > operation.maximum then
    blame(subtree, 'impossible_size', 'a body of %.0f bytes is impossible for a %s', header.size, operation.name)
  end
  if stop < header_size + header.size then
    blame(subtree, 'cut_off', 'the header announces %.0f bytes of body, and %d are there', header.size, stop - header_size)
  end

  local values, finish = {}, header_size
  if parts[1] then values, finish = add_structure(tvb, header_size, stop, parts[1].columns, subtree) end
  if finish and values.total_size and values.total_size ~= header.size then
    blame(subtree, 'wrong_total', 'total_size is %.0f, and the body has %.0f bytes', values.total_size, header.size)
  end
  if finish and values.scan_complete and values.scan_complete > 1 then
    blame(subtree, 'beyond_array', 'scan_complete is %d: 0 or 1 is possible', values.scan_complete)
  end
  local info = text_of(code, operation, values)
  if finish and parts[2] then
    finish = add_entries(tvb, finish, stop, parts[2], values[parts[2].repeated_by], pinfo, subtree)
    pinfo.cols.protocol = 'proxy-wifi'
  end
  -- One byte of a disconnect response is read too, and means nothing.
  if finish and finish < stop and stop - header_size > operation.slack then rest_of(tvb, finish, stop, subtree) end
  if header_size + header.size < length then rest_of(tvb, header_size + header.size, length, subtree) end

  if code == 0 then blame(subtree, 'refused', 'the host could not process the request') end
  if values.result_code and values.result_code ~= 0 then blame(subtree, 'failed', '%s', info) end
  match(where, code, operation, pinfo, subtree)
  pinfo.cols.info:clear_fence()
  pinfo.cols.info = info
  return length
end

-- Our own captures: before each frame stands who sent it (0 the guest, 1 the host), the channel (0 of requests, 1 of
-- notifications), and the guest: a byte with the size of its name, and the name.

local captured = Proto('proxywifi_capture', 'proxy-wifi capture')

function captured.dissector(tvb, pinfo, tree)
  if tvb:len() < 3 or tvb:len() < 3 + tvb(2, 1):uint() then return 0 end
  local size = tvb(2, 1):uint()
  local guest = tvb(3, size):string(ENC_UTF_8)
  local from = tvb(0, 1):uint() == 0 and 'guest' or 'host'
  local where = { from = from, channel = tvb(1, 1):uint() == 0 and 'request' or 'notification', guest = guest }
  if tvb:len() > 3 + size then dissect_frame(tvb(3 + size):tvb(), pinfo, tree, where) end
  -- Only now: a beacon has set them too.
  pinfo.cols.src = from == 'guest' and guest or 'host'
  pinfo.cols.dst = from == 'host' and guest or 'host'
  return tvb:len()
end

DissectorTable.get('wtap_encap'):add(wtap[protocol.link_type], captured)

-- TCP as it is on the wire: the ports say who sends.

local function frame_length(tvb, _, offset)
  local size = tvb(offset + protocol.header.size_at, 4):le_uint()
  local operation = protocol.operations[tvb(offset, 1):uint()]
  -- What cannot be a frame is shown as it is, instead of waiting for the rest of it.
  if not operation or size > operation.maximum then return tvb:len() - offset end
  return header_size + size
end

local function dissect_in_tcp(tvb, pinfo, tree)
  local ports = protocol.ports
  local where = { channel = pinfo.dst_port == ports.notification and 'notification' or 'request' }
  if where.channel == 'notification' or pinfo.src_port == ports.request then where.from = 'host' else where.from = 'guest' end
  local address, port = pinfo.src, pinfo.src_port
  if where.from == 'host' then address, port = pinfo.dst, pinfo.dst_port end
  where.guest = where.channel == 'notification' and tostring(address) or string.format('%s:%d', tostring(address), port)
  return dissect_frame(tvb, pinfo, tree, where)
end

function proto.dissector(tvb, pinfo, tree)
  dissect_tcp_pdus(tvb, tree, header_size, frame_length, dissect_in_tcp)
  return tvb:len()
end

DissectorTable.get('tcp.port'):add(protocol.ports.request, proto)
DissectorTable.get('tcp.port'):add(protocol.ports.notification, proto)
