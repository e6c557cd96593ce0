// Rows C15, C17–C19, C21 and C23 of the wire checklist in docs/reference/wire-payload.md: types and messages that are translated.
// What is only passed through stands in rows-c-relayed.test.ts.
import {
  arraysNs,
  catalogNs,
  dataNs,
  echo,
  echoed,
  find,
  get,
  item,
  showRows,
  systemNs,
  type Row,
} from './payload-rows.ts';

const derived: readonly Row[] = [
  {
    id: 'C15',
    says: 'a derived type is named by a prefix that is declared, base members first',
    operation: 'EchoShapes',
    content: echo(
      'Shapes',
      '<d:Shape i:type="d:Circle"><d:Name>c</d:Name><d:Also>a</d:Also><d:Radius>0.5</d:Radius></d:Shape><d:Shape><d:Name>s</d:Name></d:Shape>',
    ),
    asked: { value: [{ $type: 'Circle', Name: 'c', Also: 'a', Radius: 0.5 }, { Name: 's' }] },
    answer: '[{"$type":"Box","Width":"2.0","Name":"b","Inner":{"$type":"Circle","Radius":1}},{"Name":"plain"}]',
    replied: echoed(
      'Shapes',
      '<d:Shape i:type="d:Box"><d:Name>b</d:Name><d:Inner i:type="d:Circle"><d:Radius>1</d:Radius></d:Inner><d:Width>2.0</d:Width></d:Shape><d:Shape><d:Name>plain</d:Name></d:Shape>',
    ),
  },
  {
    id: 'C15',
    says: 'a type that the contract does not derive is for legacy',
    operation: 'EchoShapes',
    content: echo('Shapes', '<d:Shape i:type="d:Item"><d:Name>c</d:Name></d:Shape>'),
    asked: null,
    replied: null,
  },
  {
    id: 'C15',
    says: 'modern may not answer with it either',
    operation: 'GetShapes',
    content: get('Shapes'),
    answer: '[{"$type":"Item","Name":"c"}]',
    replied: null,
  },
  {
    id: 'C15',
    says: 'nor leave out a type that has to be told',
    at: 'shapes',
    operation: 'Recursive',
    content: '<Recursive xmlns="urn:shapes"><root><value>v</value></root></Recursive>',
    asked: { root: { value: 'v' } },
    answer: '{"name":"n","radius":1}',
    replied: null,
  },
];

const lists: readonly Row[] = [
  {
    id: 'C17',
    says: 'items that are nil stay where they are, in a wrapper of their own',
    operation: 'EchoTexts',
    content: `<EchoTexts xmlns="${catalogNs}" xmlns:a="${arraysNs}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><value><a:string>a</a:string><a:string i:nil="true"/><a:string/></value></EchoTexts>`,
    asked: { value: ['a', null, ''] },
    answer: '[null,"b",null]',
    replied: echoed(
      'Texts',
      ['<a:string i:nil="true"/>', '<a:string>b</a:string>', '<a:string i:nil="true"/>'].join(''),
    ).replace(' xmlns:d=', ` xmlns:a="${arraysNs}" xmlns:d=`),
  },
  {
    id: 'C17',
    says: 'an empty list is not nil, and lists stand in lists',
    operation: 'EchoLists',
    content: echo('Lists', '<d:Colours/><d:Items i:nil="true"/><d:Marks/>'),
    asked: { value: { Colours: [], Items: null, Marks: [] } },
    answer: '{"Grid":[[1,2],[],null,[3]],"Strings":[],"Blobs":null,"Ints":[null,-3],"Marks":[]}',
    replied: echoed(
      'Lists',
      `<d:Blobs i:nil="true"/><d:Grid xmlns:a="${arraysNs}"><a:ArrayOfint><a:int>1</a:int><a:int>2</a:int></a:ArrayOfint><a:ArrayOfint/><a:ArrayOfint i:nil="true"/><a:ArrayOfint><a:int>3</a:int></a:ArrayOfint></d:Grid><d:Ints xmlns:y="${systemNs}"><y:int i:nil="true"/><y:int>-3</y:int></d:Ints><d:Marks/><d:Strings/>`,
    ),
  },
  {
    id: 'C18',
    says: 'a dictionary is its pairs, under names that may bear a hash',
    operation: 'EchoLists',
    content: echo(
      'Lists',
      `<d:Marks/><d:Shelves xmlns:a="${arraysNs}"><a:KeyValueOfintItem_ScDqpgFu><a:Key>2</a:Key><a:Value><d:Sku>two</d:Sku></a:Value></a:KeyValueOfintItem_ScDqpgFu></d:Shelves><d:Stock xmlns:a="${arraysNs}"><a:KeyValueOfstringint><a:Key>k</a:Key><a:Value>1</a:Value></a:KeyValueOfstringint></d:Stock>`,
    ),
    asked: { value: { Marks: [], Shelves: [{ Key: 2, Value: { Sku: 'two' } }], Stock: [{ Key: 'k', Value: 1 }] } },
    answer: '{"Stock":[{"Value":2,"Key":"__proto__"}],"Shelves":[{"Key":1,"Value":null}],"Marks":[]}',
    replied: echoed(
      'Lists',
      `<d:Marks/><d:Shelves xmlns:a="${arraysNs}"><a:KeyValueOfintItem_ScDqpgFu><a:Key>1</a:Key><a:Value i:nil="true"/></a:KeyValueOfintItem_ScDqpgFu></d:Shelves><d:Stock xmlns:a="${arraysNs}"><a:KeyValueOfstringint><a:Key>__proto__</a:Key><a:Value>2</a:Value></a:KeyValueOfstringint></d:Stock>`,
    ),
  },
];

const required: readonly Row[] = [
  {
    id: 'C19',
    says: 'a member without EmitDefaultValue may be left out, or be there',
    operation: 'EchoNullables',
    content: echo('Nullables', '<d:Later>0</d:Later>'),
    asked: { value: { Later: 0 } },
    answer: '{}',
    replied: echoed('Nullables', ''),
  },
  {
    id: 'C19',
    says: 'a required member that modern leaves out is its failure',
    operation: 'Find',
    content: find,
    answer: '{"Price":"1"}',
    replied: null,
  },
  {
    id: 'C19',
    says: 'a required member may be nil where the contract says so',
    operation: 'Find',
    content: find,
    answer: '{"Sku":null}',
    replied: item('<d:Sku i:nil="true"/>'),
  },
  {
    id: 'C19',
    says: 'a request without a required member is for legacy',
    operation: 'Bare',
    content: `<BareItem xmlns="${catalogNs}" xmlns:d="${dataNs}"><d:Price>1</d:Price></BareItem>`,
    asked: null,
    replied: null,
  },
];

const any: readonly Row[] = [
  {
    id: 'C20',
    says: 'a value of any type says which one it has',
    operation: 'EchoAny',
    content: `<EchoAny xmlns="${catalogNs}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><value i:type="x:long" xmlns:x="http://www.w3.org/2001/XMLSchema">9223372036854775807</value></EchoAny>`,
    asked: { value: { $type: 'xs:long', $value: '9223372036854775807' } },
    answer: '{"$type":"xs:decimal","$value":"1.10"}',
    replied: `<EchoAnyResponse xmlns="${catalogNs}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><EchoAnyResult i:type="x:decimal" xmlns:x="http://www.w3.org/2001/XMLSchema">1.10</EchoAnyResult></EchoAnyResponse>`,
  },
];

const near = '<near xmlns:t="urn:rpc:types"><t:city>Bern</t:city></near>';
const messages: readonly Row[] = [
  {
    id: 'C21',
    says: 'rpc/literal: the wrapper has the namespace of soap:body, its parts have none',
    at: 'finder',
    operation: 'find',
    content: `<r:find xmlns:r="urn:rpc"><zip>12345</zip>${near}<limit>9223372036854775807</limit></r:find>`,
    asked: { zip: '12345', near: { city: 'Bern' }, limit: '9223372036854775807' },
    answer: '{"count":2,"found":{"line":["a","b"],"city":"Bern"}}',
    replied:
      '<r:findResponse xmlns:r="urn:rpc"><found xmlns:t="urn:rpc:types"><t:city>Bern</t:city><t:line>a</t:line><t:line>b</t:line></found><count>2</count></r:findResponse>',
  },
  {
    id: 'C21',
    says: 'rpc/literal: parts in the namespace of the wrapper are for legacy',
    at: 'finder',
    operation: 'find',
    content: `<find xmlns="urn:rpc"><zip>12345</zip><near/><limit>1</limit></find>`,
    asked: null,
    replied: null,
  },
  {
    id: 'C21',
    says: 'rpc/literal: a message without parts is a wrapper without content',
    at: 'finder',
    operation: 'ping',
    content: '<r:ping xmlns:r="urn:rpc"/>',
    asked: {},
    answer: '{"time":"2024-01-01T00:00:00Z"}',
    replied: '<r:pingResponse xmlns:r="urn:rpc"><time>2024-01-01T00:00:00Z</time></r:pingResponse>',
  },
  {
    id: 'C23',
    says: 'a message that is not wrapped is the value of its element',
    operation: 'Bare',
    content: `<BareItem xmlns="${catalogNs}" xmlns:d="${dataNs}"><d:Price>1.0</d:Price><d:Sku>s</d:Sku></BareItem>`,
    asked: { Price: '1.0', Sku: 's' },
    answer: '[{"Sku":"t"},null]',
    replied: `<BareItems xmlns="${catalogNs}" xmlns:d="${dataNs}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><d:Item><d:Sku>t</d:Sku></d:Item><d:Item i:nil="true"/></BareItems>`,
  },
  {
    id: 'C23',
    says: 'an element with a name of its own can be wrapped as well, and is told by its members',
    operation: 'Price',
    content: `<PriceRequest xmlns="${catalogNs}"><Sku>a</Sku></PriceRequest>`,
    asked: { Sku: 'a' },
    answer: '{}',
    replied: `<PriceReply xmlns="${catalogNs}"/>`,
  },
  {
    id: 'C23',
    says: 'a wrapped reply of one member is that member’s value',
    operation: 'Find',
    content: find,
    asked: { what: 'x' },
    answer: '{"Sku":"s"}',
    replied: item('<d:Sku>s</d:Sku>'),
  },
  {
    id: 'C23',
    says: 'an empty Body is a message where the contract has one without parts',
    at: 'shapes',
    operation: 'Empty',
    content: '',
    asked: {},
    answer: '{}',
    replied: '',
  },
];

showRows([...derived, ...lists, ...required, ...any, ...messages]);
